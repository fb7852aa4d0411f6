import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobState } from '../../../../src/planes/kubernetes/job-state.ts';
import { type WaitPace, waitForJob } from '../../../../src/planes/kubernetes/wait-for-job.ts';
import type { Fault } from '../../../support/fake-kubernetes.ts';
import { container, type JobWorld, startJobWorld, succeeded } from '../../../support/job-world.ts';
import { aPod } from '../../../support/kube-objects.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const usualPace: WaitPace = { resyncMs: 300, pauseMs: 20, patienceMs: 20_000, outageMs: 20_000 };
const runningPod = aPod({ containers: { build: container.running, push: container.pending } });
let world: JobWorld;
let stop: AbortController;
let states: JobState[];

beforeEach(async () => {
  world = await startJobWorld();
  stop = new AbortController();
  states = [];
  const metadata = { name: 'j', namespace: 'builds', uid: 'u', creationTimestamp: '2026-11-22T10:00:00Z' };
  world.fake.jobs.set('j', { metadata, spec: { suspend: false } });
});
afterEach(async () => {
  stop.abort();
  await world.stop();
});

const wait = (pace: Partial<WaitPace> = {}, uid = 'u') =>
  waitForJob(
    world.api,
    { namespace: 'builds', name: 'j', uid },
    { signal: stop.signal, onState: (state) => states.push(state), pace: { ...usualPace, ...pace } },
  );
const running = () => expect.poll(() => states.at(-1)).toMatchObject({ kind: 'running' });

describe('waiting for a Job', () => {
  it('wakes with the watch, long before it would look again', async () => {
    const waiting = wait({ resyncMs: 20_000 });
    world.fake.setPod('j', runningPod);
    await running();
    const began = Date.now();
    world.fake.setPod('j', succeeded);
    expect(await waiting).toMatchObject({ kind: 'ended', end: { digest } });
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it.each<[string, Fault]>([
    ['is reset', 'reset'],
    ['is refused with 500', { status: 500 }],
    ['is refused with 410', { status: 410 }],
    ['stays silent', 'hang'],
  ])('does not need a watch that %s', async (_, fault) => {
    world.fake.fault = (call) => (call.includes('watch=1') ? fault : undefined);
    world.fake.setPod('j', runningPod);
    const waiting = wait();
    await running();
    world.fake.setPod('j', succeeded);
    expect(await waiting).toMatchObject({ kind: 'ended', end: { digest } });
  });

  it.each([500, 503, 429, 403])('goes on when the server answers %i for a while', async (status) => {
    let refusals = 5;
    world.fake.fault = () => (refusals-- > 0 ? { status } : undefined);
    world.fake.setPod('j', succeeded);
    expect(await wait()).toMatchObject({ kind: 'ended', end: { digest } });
  });

  it('goes on when the server is killed and started again', async () => {
    world.fake.setPod('j', runningPod);
    const waiting = wait();
    await running();
    await world.fake.pause();
    world.fake.setPod('j', succeeded);
    setTimeout(() => void world.fake.resume(), 500);
    expect(await waiting).toMatchObject({ kind: 'ended', end: { digest } });
  });

  it('gives up on a server that stays away', async () => {
    world.fake.fault = () => ({ status: 503 });
    await expect(wait({ outageMs: 300 })).rejects.toMatchObject({ type: 'Unavailable' });
  });

  it('says what it waits for when the Job does not begin, to be asked again', async () => {
    const message = 'Error creating: pods "x" is forbidden: exceeded quota: builds';
    world.fake.addEvent('u', { reason: 'FailedCreate', message, metadata: {} });
    await expect(wait({ patienceMs: 400 })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('The build waits for quota: pods "x"'),
      retryAfterMs: 1000,
    });
    expect(states.at(-1)).toMatchObject({ kind: 'waiting' });
  });

  it('looks every other second while there is no pod, because nothing tells why', async () => {
    const waiting = wait({ resyncMs: 60_000 });
    await expect.poll(() => states.length).toBe(1);
    const message = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted"';
    world.fake.addEvent('u', { reason: 'FailedCreate', message, metadata: {} });
    const began = Date.now();

    expect(await waiting).toMatchObject({ kind: 'refused' });
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it.each([
    ['is gone', () => world.fake.jobs.delete('j'), 'u'],
    ['is another one by now', () => true, 'an-earlier-one'],
  ])('is over when the Job %s', async (_, change, uid) => {
    change();
    expect(await wait({}, uid)).toEqual({ kind: 'lost', reason: 'its Job was deleted' });
  });

  it('ends at once with the reason of its signal', async () => {
    world.fake.setPod('j', runningPod);
    const waiting = wait({ resyncMs: 20_000 });
    await running();
    stop.abort(new Error('worker stops'));
    await expect(waiting).rejects.toThrow('worker stops');
  });
});
