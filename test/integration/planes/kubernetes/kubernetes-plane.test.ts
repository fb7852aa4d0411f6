import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesPlane } from '../../../../src/planes/kubernetes/kubernetes-plane.ts';
import { buildFolder } from '../../../../src/planes/local/build-folder.ts';
import { usualRequest } from '../../../support/job-parts.ts';
import { container, type JobWorld, startJobWorld, succeeded } from '../../../support/job-world.ts';
import { aPod } from '../../../support/kube-objects.ts';

const digest = `sha256:${'d'.repeat(64)}`;
let world: JobWorld;
let stop: AbortController;
let progress: string[];

beforeEach(async () => {
  world = await startJobWorld();
  stop = new AbortController();
  progress = [];
});
afterEach(async () => {
  stop.abort();
  await world.stop();
});

const build = (plane: KubernetesPlane = world.planeWith(), request = usualRequest) =>
  plane.build(request, { signal: stop.signal, onProgress: (word) => progress.push(word) });
const secrets = {
  sourceAuthorization: async () => `Basic ${Buffer.from('x-access-token:source-token').toString('base64')}`,
  registryAuth: async () =>
    JSON.stringify({ auths: { '127.0.0.1:5001': { auth: Buffer.from('u:registry-pass').toString('base64') } } }),
};
const methods = () => world.fake.calls.filter((call) => !call.startsWith('GET')).map((call) => call.split(' ')[0]);

describe('a build', () => {
  it('makes its Job, then its Secret, then lets it go, and gives the digest', async () => {
    const building = build(world.planeWith(secrets));
    world.fake.setPod(await world.begun(), aPod({ containers: { build: container.running, push: container.pending } }));
    await expect.poll(() => progress).toContain('build');
    world.fake.setPod(await world.begun(), succeeded);

    expect(await building).toEqual({ kind: 'built', digest });
    expect(methods()).toEqual(['POST', 'POST', 'PATCH']);
    const [[, secret] = []] = [...world.fake.secrets];
    const [[, job] = []] = [...world.fake.jobs];
    expect(secret?.metadata['ownerReferences']).toMatchObject([{ kind: 'Job', uid: job?.metadata.uid }]);
    expect(JSON.stringify(job)).toContain(secret?.metadata.name);
    expect(JSON.stringify(job)).not.toMatch(/source-token|registry-pass/);
  });

  it('makes no Secret where there is none to keep', async () => {
    const building = build();
    world.fake.setPod(await world.begun(), succeeded);
    await building;
    expect(world.fake.secrets.size).toBe(0);
  });

  it.each(['POST /apis', 'POST /api/', 'PATCH'])('goes on after a worker that died with its "%s"', async (last) => {
    world.fake.fault = (call) => (call.startsWith(last) ? { status: 503 } : undefined);
    await expect(build(world.planeWith(secrets))).rejects.toMatchObject({ type: 'Unavailable' });
    world.fake.fault = () => undefined;

    const building = build(world.planeWith(secrets));
    world.fake.setPod(await world.begun(), succeeded);

    expect(await building).toEqual({ kind: 'built', digest });
    expect([world.fake.jobs.size, world.fake.secrets.size]).toEqual([1, 1]);
  });

  it('is one Job however many workers ask for it', async () => {
    const building = Promise.all([build(), build(), build()]);
    world.fake.setPod(await world.begun(), succeeded);
    expect(await building).toEqual([1, 2, 3].map(() => ({ kind: 'built', digest })));
    expect(world.fake.jobs.size).toBe(1);
  });

  it('does not take the Job of another build', async () => {
    void build().catch(() => {});
    await world.begun();
    stop.abort();
    const [job] = [...world.fake.jobs.values()];
    if (job) job.metadata['annotations'] = { 'slipway.dev/build': 'another/1' };
    stop = new AbortController();
    await expect(build()).rejects.toMatchObject({ type: 'ReleaseConflict' });
  });

  it('leaves its Job running when the worker stops, and finds it again', async () => {
    const building = build();
    const name = await world.begun();
    stop.abort(new Error('worker stops'));
    await expect(building).rejects.toThrow('worker stops');
    expect(world.fake.jobs.size).toBe(1);
    stop = new AbortController();
    world.fake.setPod(name, succeeded);
    expect(await build()).toEqual({ kind: 'built', digest });
  });

  it('is tried again as a new Job when it ended with what may pass', async () => {
    const failed = aPod({ phase: 'Failed', containers: { build: container.ended(39), push: container.pending } });
    const first = build();
    world.fake.setPod(await world.begun(), failed);
    expect(await first).toMatchObject({ kind: 'failed', type: 'Unavailable' });
    const [uid] = [...world.fake.jobs.values()].map(({ metadata }) => metadata.uid);

    const second = build();
    await expect.poll(() => [...world.fake.jobs.values()][0]?.metadata.uid).not.toBe(uid);
    world.fake.setPod(await world.begun(), succeeded);
    expect(await second).toEqual({ kind: 'built', digest });
  });

  it('tells a failure with the last lines of the step, without secrets', async () => {
    world.fake.logs.set('build', {
      text: 't0 cloned\nt1 === build ===\nt2 RUN make with source-token\nt3 make: error\n',
      open: false,
    });
    const building = build(world.planeWith(secrets));
    const containers = { clone: container.done, build: container.ended(10), push: container.pending };
    world.fake.setPod(await world.begun(), aPod({ phase: 'Failed', containers }));
    expect(await building).toEqual({
      kind: 'failed',
      type: 'BuildFailed',
      message: expect.stringMatching(/build log:\nRUN make with \*\*\*\nmake: error$/),
    });
  });

  it('says how much memory it had when that was too little', async () => {
    const building = build();
    const killed = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
    world.fake.setPod(
      await world.begun(),
      aPod({ phase: 'Failed', containers: { build: killed, push: container.pending } }),
    );
    expect(await building).toMatchObject({
      type: 'BuildOutOfMemory',
      message: expect.stringContaining('slipway-memory of the ComponentWorkflow (now 2Gi)'),
    });
  });

  it('is lost, and its Job goes, when the cluster ends its pod', async () => {
    const building = build();
    const conditions = [
      { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'preempted' },
    ];
    world.fake.setPod(await world.begun(), aPod({ phase: 'Failed', conditions }));
    expect(await building).toMatchObject({
      type: 'BuildInfrastructure',
      message: expect.stringContaining('preempted'),
    });
    await expect.poll(() => world.fake.jobs.size).toBe(0);
  });

  it('is refused, and its Job goes, when the cluster forbids its pod', async () => {
    const building = build();
    await world.begun();
    const [job] = [...world.fake.jobs.values()];
    const message = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest"';
    world.fake.addEvent(job?.metadata.uid ?? '', { reason: 'FailedCreate', message, metadata: {} });
    await expect(building).rejects.toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringContaining('PodSecurity'),
    });
    await expect.poll(() => world.fake.jobs.size).toBe(0);
  });

  it('gives the Job the addresses that count inside the cluster, for credentials too', async () => {
    const addresses = new Map([['127.0.0.1:5001', '10.244.0.1:5001']]);
    const image = { ...usualRequest.image, registry: '127.0.0.1:5001' };
    const building = build(world.planeWith({ ...secrets, addresses, registryHttpHosts: ['127.0.0.1:5001'] }), {
      ...usualRequest,
      image,
    });
    world.fake.setPod(await world.begun(), succeeded);
    await building;
    const job = JSON.stringify([...world.fake.jobs.values()]);
    expect(job).toContain('\\"registry\\":\\"10.244.0.1:5001\\"');
    expect(job).toContain('\\"registryHttpHosts\\":[\\"127.0.0.1:5001\\",\\"10.244.0.1:5001\\"]');
    const [secret] = [...world.fake.secrets.values()];
    const data = secret?.['data'] as { registry: string };
    expect(Object.keys(JSON.parse(Buffer.from(data.registry, 'base64').toString()).auths)).toContain('10.244.0.1:5001');
  });

  it("keeps a copy of the log in the worker's folder, without secrets", async () => {
    world.fake.logs.set('build', { text: 't1 === clone ===\nt2 cloning with source-token\n', open: false });
    world.fake.logs.set('push', { text: 't3 === push ===\nt4 pushed\n', open: false });
    const building = build(world.planeWith(secrets));
    world.fake.setPod(await world.begun(), succeeded);
    await building;
    const file = path.join(buildFolder(world.logFolder, usualRequest.id), 'log');
    const text = '=== clone ===\ncloning with ***\n=== push ===\npushed\n';
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe(text);
  });
});

describe('cancelling', () => {
  it('deletes the Job and waits until it is gone', async () => {
    void build().catch(() => {});
    await world.begun();
    world.fake.deletionMs = 700;
    await world.planeWith().cancel(usualRequest.id, usualRequest.job);
    expect(world.fake.jobs.size).toBe(0);
  });

  it('finds nothing to do where there is no Job, and leaves one that is not ours alone', async () => {
    const plane = world.planeWith();
    await plane.cancel(usualRequest.id, { namespace: 'builds' });
    void build(plane).catch(() => {});
    await world.begun();
    const [job] = [...world.fake.jobs.values()];
    if (job) job.metadata['annotations'] = { 'slipway.dev/build': 'another/1' };
    await plane.cancel(usualRequest.id, usualRequest.job);
    expect(world.fake.jobs.size).toBe(1);
  });
});

describe('sweeping', () => {
  it('deletes unfinished Jobs that nobody wants, and no other', async () => {
    const plane = world.planeWith();
    const ids = ['wanted', 'unwanted', 'ended'].map((execution) => ({ execution, ordinal: 1 }));
    for (const id of ids) void build(plane, { ...usualRequest, id }).catch(() => {});
    await expect.poll(() => world.fake.jobs.size).toBe(3);
    const marked = (mark: string) =>
      [...world.fake.jobs.values()].find((job) => JSON.stringify(job).includes(`"${mark}/1"`));
    Object.assign(marked('ended') ?? {}, { status: { conditions: [{ type: 'Complete', status: 'True' }] } });

    expect(await plane.sweep(async ({ execution }) => execution === 'wanted')).toBe(1);

    await expect.poll(() => world.fake.jobs.size).toBe(2);
    expect(marked('unwanted')).toBeUndefined();
  });
});
