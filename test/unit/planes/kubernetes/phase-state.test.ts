import { describe, expect, it } from 'vitest';
import { jobState } from '../../../../src/planes/kubernetes/job-state.ts';
import { aJob, aPod } from '../../../support/kube-objects.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const at = (minutes: number) => Date.parse('2026-11-22T10:00:00Z') + minutes * 60_000;
const done = { terminated: { exitCode: 0, finishedAt: '2026-11-22T10:02:00Z' } };
const pending = { waiting: { reason: 'PodInitializing' } };
const ended = (exitCode: number, more: object = {}) => ({
  terminated: { exitCode, reason: 'Error', message: 'last lines', ...more },
});
const see = (containers: Readonly<Record<string, object>>, pod: object = {}, now = at(1)) =>
  jobState({ job: aJob(), pods: [aPod({ ...pod, containers })], events: [] }, now);

const stop = { v: 1, kind: 'stopped', timedOut: false, outOfMemory: false, outOfDisk: false };

describe('the Job of a build by buildpacks', () => {
  it.each([
    ['clone', 31],
    ['analyze', 32],
    ['detect', 20],
    ['restore', 42],
    ['build', 51],
    ['build', 10],
    ['export', 62],
  ])("tells the lifecycle's own code: %s ended with %i", (phase, exitCode) => {
    const containers = { clone: done, [phase]: ended(exitCode), ...(phase !== 'export' && { export: pending }) };
    expect(see(containers)).toEqual({
      kind: 'ended',
      end: { ...stop, step: phase, exitCode },
      container: phase,
      text: 'last lines',
    });
  });

  it('names the phase that took too long or too much memory', () => {
    const late = { phase: 'Failed', reason: 'DeadlineExceeded' };
    const detecting = { clone: done, detect: ended(143, { startedAt: '2026-11-22T10:00:05Z' }), export: pending };
    expect(see(detecting, late)).toMatchObject({ end: { step: 'detect', timedOut: true } });
    const killed = { clone: done, build: ended(137, { reason: 'OOMKilled' }), export: pending };
    expect(see(killed)).toMatchObject({ end: { step: 'build', outOfMemory: true } });
  });

  it("takes the digest from the exporter's report, and nothing else for one", () => {
    const exported = (message: string) =>
      see({ clone: done, export: { terminated: { exitCode: 0, message } } }, { phase: 'Succeeded' });
    expect(exported(`[image]\ntags = ["h/a:1"]\ndigest = "${digest}"\n`)).toMatchObject({
      kind: 'ended',
      end: { kind: 'pushed', digest },
    });
    expect(exported(JSON.stringify({ v: 1, kind: 'pushed', digest })).kind).toBe('lost');
    expect(exported('').kind).toBe('lost');
  });

  it('waits three minutes for a builder image that comes after the clone', () => {
    const pulling = { waiting: { reason: 'ImagePullBackOff', message: 'denied' } };
    const containers = { clone: done, detect: pulling, export: pending };
    expect(see(containers, {}, at(4.9))).toEqual({
      kind: 'waiting',
      reason: 'the builder image: ImagePullBackOff: denied',
    });
    expect(see(containers, {}, at(5.1))).toEqual({
      kind: 'lost',
      reason: 'the builder image could not be pulled (ImagePullBackOff: denied)',
    });
    expect(see({ clone: done, detect: pending, export: pending }, {}, at(60))).toEqual({
      kind: 'running',
      container: 'clone',
    });
  });
});
