import { describe, expect, it } from 'vitest';
import type { Job, KubeEvent, Pod } from '../../../../src/planes/kubernetes/api/kube-objects.ts';
import { jobState } from '../../../../src/planes/kubernetes/job-state.ts';
import { aJob, anEvent, aPod } from '../../../support/kube-objects.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const done = { terminated: { exitCode: 0, reason: 'Completed' } };
const running = { running: { startedAt: '2026-11-22T10:00:05Z' } };
const pending = { waiting: { reason: 'PodInitializing' } };
const ended = (exitCode: number, reason = 'Error', message = '') => ({ terminated: { exitCode, reason, message } });
const disrupted = (reason: string, message = '') => ({ type: 'DisruptionTarget', status: 'True', reason, message });
const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-22T10:00:00Z' };

const at = (minutes: number) => Date.parse('2026-11-22T10:00:00Z') + minutes * 60_000;
const see = (
  { job = aJob(), pods = [], events = [] }: { job?: Job; pods?: readonly Pod[]; events?: readonly KubeEvent[] },
  now = at(1),
) => jobState({ job, pods, events }, now);

describe('a Job that has not begun', () => {
  it('waits to be let go', () => {
    expect(see({ job: aJob({ suspend: true }) })).toEqual({ kind: 'waiting', reason: 'its Job to be let go' });
  });

  it('waits for its pod to be made', () => {
    expect(see({})).toEqual({ kind: 'waiting', reason: 'its pod to be made' });
  });

  it('waits for quota, with the words of the cluster', () => {
    const said =
      'pods "slipway-1-x" is forbidden: exceeded quota: builds, requested: pods=1, used: pods=4, limited: pods=4';
    const events = [anEvent('SuccessfulCreate', 'Created'), anEvent('FailedCreate', `Error creating: ${said}`)];
    expect(see({ events })).toEqual({ kind: 'waiting', reason: `quota: ${said}` });
  });

  it('is refused where a rule forbids its pod', () => {
    const said =
      'pods "slipway-1-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false';
    const older = anEvent('FailedCreate', 'Error creating: exceeded quota', '2026-11-22T09:00:00Z');
    expect(see({ events: [anEvent('FailedCreate', `Error creating: ${said}`), older] })).toEqual({
      kind: 'refused',
      reason: said,
    });
  });

  it('goes on waiting where making its pod failed for a moment', () => {
    const events = [anEvent('FailedCreate', 'Error creating: Internal error occurred: failed calling webhook')];
    expect(see({ events })).toMatchObject({
      kind: 'waiting',
      reason: expect.stringContaining('failed calling webhook'),
    });
  });

  it('waits for a node, with the words of the scheduler', () => {
    const message = '0/1 nodes are available: 1 Insufficient cpu.';
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    expect(see({ pods: [aPod({ conditions })] }, at(600))).toEqual({ kind: 'waiting', reason: `a node: ${message}` });
  });

  it('waits for its containers to be made', () => {
    const pod = aPod({ containers: { build: { waiting: { reason: 'PodInitializing' } }, push: pending } });
    expect(see({ pods: [pod] })).toEqual({ kind: 'waiting', reason: 'its containers to be made' });
  });

  it.each(['ErrImagePull', 'ImagePullBackOff'])(
    'waits three minutes for the builder image when it says %s',
    (reason) => {
      const message = 'Back-off pulling image "registry/builder"';
      const pods = [aPod({ containers: { build: { waiting: { reason, message } }, push: pending } })];
      expect(see({ pods }, at(2.9))).toEqual({ kind: 'waiting', reason: `the builder image: ${reason}: ${message}` });
      expect(see({ pods }, at(3.1))).toEqual({
        kind: 'lost',
        reason: `the builder image could not be pulled (${reason}: ${message})`,
      });
    },
  );

  it.each(['InvalidImageName', 'CreateContainerConfigError', 'CreateContainerError'])(
    'is lost at once on %s',
    (reason) => {
      const pods = [aPod({ containers: { build: { waiting: { reason, message: 'why' } }, push: pending } })];
      expect(see({ pods })).toEqual({ kind: 'lost', reason: `its containers cannot be made (${reason}: why)` });
    },
  );

  it('is lost when its time was over before it began', () => {
    const pods = [aPod({ phase: 'Failed', reason: 'DeadlineExceeded', containers: { build: pending, push: pending } })];
    expect(see({ pods })).toMatchObject({ kind: 'lost', reason: expect.stringContaining('did not begin') });
  });
});

describe('a Job that runs', () => {
  it('says which container runs', () => {
    const pod = aPod({ containers: { clone: done, build: running, push: pending } });
    expect(see({ pods: [pod] })).toEqual({ kind: 'running', container: 'build' });
  });

  it('still runs between two containers', () => {
    const pod = aPod({ containers: { clone: done, build: pending, push: pending } });
    expect(see({ pods: [pod] })).toEqual({ kind: 'running', container: 'clone' });
  });
});

describe('a Job that succeeded', () => {
  it('gives the digest before the Job itself says that it is complete', () => {
    const message = JSON.stringify({ v: 1, kind: 'pushed', digest });
    const pod = aPod({ phase: 'Succeeded', containers: { build: done, push: ended(0, 'Completed', message) } });
    expect(see({ pods: [pod] })).toMatchObject({ kind: 'ended', end: { v: 1, kind: 'pushed', digest } });
  });

  it.each(['', 'sha256:dead', '{"v":1,"kind":"pushed","digest":"latest"}'])('is lost when it says %j', (message) => {
    const pod = aPod({ phase: 'Succeeded', containers: { build: done, push: ended(0, 'Completed', message) } });
    expect(see({ pods: [pod] }).kind).toBe('lost');
  });
});

describe('a Job that failed', () => {
  const stop = { v: 1, kind: 'stopped', timedOut: false, outOfMemory: false, outOfDisk: false };

  it.each([
    ['clone', 30, 'clone', 30],
    ['clone', 31, 'clone', 31],
    ['clone', 39, 'clone', 39],
    ['build', 31, 'clone', 31],
    ['build', 10, 'build', 10],
    ['build', 11, 'build', 11],
    ['build', 90, 'build', 90],
    ['build', 7, 'build', 10],
    ['push', 40, 'push', 40],
    ['push', 49, 'push', 49],
    ['push', 1, 'push', 1],
  ])('tells that container %s ended with %i as step %s with %i', (container, code, step, exitCode) => {
    const before = container === 'clone' ? {} : { clone: done };
    const pod = aPod({ containers: { ...before, [container]: ended(code, 'Error', 'last lines'), after: pending } });
    expect(see({ pods: [pod] })).toEqual({
      kind: 'ended',
      end: { ...stop, step, exitCode },
      container,
      text: 'last lines',
    });
  });

  it('took too long when the kubelet says so', () => {
    // The kubelet ends containers that never ran, too.
    const push = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null } };
    const containers = { build: ended(143), push };
    const pod = aPod({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active too long', containers });
    expect(see({ pods: [pod] })).toMatchObject({ kind: 'ended', end: { timedOut: true, step: 'build' } });
  });

  it('took too long when only the Job says so', () => {
    const job = aJob({
      failed: { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' },
    });
    expect(see({ job })).toMatchObject({ kind: 'ended', end: { timedOut: true } });
  });

  it('ran out of memory when a container was killed for it, whatever its code', () => {
    for (const code of [137, 10]) {
      const pod = aPod({ phase: 'Failed', containers: { build: ended(code, 'OOMKilled'), push: pending } });
      expect(see({ pods: [pod] })).toMatchObject({ kind: 'ended', end: { step: 'build', outOfMemory: true } });
    }
  });

  it('used too much disk when it was evicted for its own limit', () => {
    const message = 'Usage of EmptyDir volume "work" exceeds the limit "1Gi". ';
    const pod = aPod({ phase: 'Failed', reason: 'Evicted', message, containers: { build: ended(137), push: pending } });
    expect(see({ pods: [pod] })).toMatchObject({
      kind: 'ended',
      text: message,
      end: { step: 'build', outOfDisk: true },
    });
  });

  it('is lost when it was evicted for the node', () => {
    const message = 'The node was low on resource: ephemeral-storage.';
    const conditions = [scheduled, disrupted('TerminationByKubelet', message)];
    const containers = { build: ended(137), push: pending };
    const pod = aPod({ phase: 'Failed', reason: 'Evicted', message, conditions, containers });
    expect(see({ pods: [pod] })).toEqual({ kind: 'lost', reason: `its pod was ended by the cluster (${message})` });
  });

  it.each(['PreemptionByScheduler', 'DeletionByTaintManager', 'EvictionByEvictionAPI', 'DeletionByPodGC'])(
    'is lost by %s, even before its containers have ended',
    (reason) => {
      const conditions = [scheduled, disrupted(reason)];
      const pod = aPod({ phase: 'Running', conditions, containers: { build: running, push: pending } });
      expect(see({ pods: [pod] }).kind).toBe('lost');
    },
  );

  it.each([137, 143])('is lost when a container ended with %i and nobody says why', (code) => {
    const pod = aPod({ phase: 'Failed', containers: { build: ended(code), push: pending } });
    expect(see({ pods: [pod] })).toEqual({
      kind: 'lost',
      reason: `its build container was killed (exit code ${code}, Error)`,
    });
  });

  it('is lost when a container could not start', () => {
    const pod = aPod({
      phase: 'Failed',
      containers: { build: ended(128, 'StartError', 'no such file'), push: pending },
    });
    expect(see({ pods: [pod] })).toMatchObject({ kind: 'lost', reason: expect.stringContaining('no such file') });
  });

  it('is lost when its pod failed without containers', () => {
    const pod = aPod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected' });
    expect(see({ pods: [pod] })).toEqual({ kind: 'lost', reason: 'its pod failed (Pod was rejected)' });
  });

  it('is lost when its pod is gone', () => {
    const job = aJob({ failed: { reason: 'BackoffLimitExceeded', message: 'Job has reached the backoff limit' } });
    expect(see({ job })).toMatchObject({ kind: 'lost', reason: expect.stringContaining('its pod is gone') });
  });

  it('is lost when somebody deletes it', () => {
    expect(see({ job: aJob({ deletionTimestamp: '2026-11-22T10:00:30Z' }) }).kind).toBe('lost');
  });
});
