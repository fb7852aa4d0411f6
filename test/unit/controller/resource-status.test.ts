import { describe, expect, it } from 'vitest';
import { lostStatus, pendingStatus, runStatus } from '../../../src/controller/resource-status.ts';
import { ttlMs } from '../../../src/controller/ttl.ts';
import { nothingKnown, type RunResult } from '../../../src/runs/status.ts';
import type { RunDescription } from '../../../src/temporal/describe-run.ts';

const [begun, ended] = ['2026-02-28T12:00:00.000Z', '2026-02-28T12:05:00.000Z'];
const running: RunDescription = {
  namespace: 'default',
  name: 'r',
  workflowId: 'run/default/r',
  execution: 'e',
  project: 'shop',
  component: 'api',
  commit: null,
  phase: null,
  outcome: 'running',
  startedAt: begun,
  endedAt: null,
  status: nothingKnown,
  pending: [],
  withoutWorker: [],
  result: null,
  failure: null,
};
const result: RunResult = {
  outcome: 'released',
  commit: 'c',
  image: 'i@sha256:1',
  release: 'api-c',
  binding: 'api-dev',
  environment: 'dev',
  branch: 'release/api',
  pullRequest: { number: 1, url: 'https://forge/pull/1' },
  superseded: null,
  warnings: [],
};
const failed = (type: string, outcome: RunDescription['outcome'] = 'failed'): RunDescription => ({
  ...running,
  outcome,
  endedAt: ended,
  failure: { type, step: 'resolveRun', message: 'what to do' },
});
const step = (state: 'running' | 'done' | 'failed' | 'cancelled', endedAt: number | null) => ({
  name: 'buildImage',
  state,
  startedAt: Date.parse(begun),
  endedAt,
  note: 'image',
});
const statements = (run: RunDescription) =>
  runStatus({}, run).conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`);

describe('the status of a resource', () => {
  it.each<[string, RunDescription, string, string | undefined, string]>([
    ['runs', running, 'Running', undefined, 'WorkflowCompleted False WorkflowRunning'],
    [
      'succeeded',
      { ...running, outcome: 'completed', endedAt: ended, result },
      'Succeeded',
      'released',
      'WorkflowSucceeded True WorkflowSucceeded',
    ],
    [
      'gave way',
      { ...running, outcome: 'superseded', endedAt: ended, result: { ...result, outcome: 'superseded' } },
      'Superseded',
      'superseded',
      'WorkflowSucceeded False WorkflowSuperseded',
    ],
    ['failed', failed('BuildFailed'), 'Failed', 'failed', 'WorkflowFailed True WorkflowFailed'],
    ['was not allowed', failed('NotAllowed'), 'Failed', 'failed', 'WorkflowFailed True WorkflowNotAllowed'],
    ['lacked a secret', failed('SecretMissing'), 'Failed', 'failed', 'WorkflowFailed True SecretResolutionError'],
    [
      'was cancelled',
      failed('Cancelled', 'cancelled'),
      'Cancelled',
      'cancelled',
      'WorkflowCompleted True WorkflowCancelled',
    ],
    ['was too slow', failed('TimedOut', 'timed-out'), 'Failed', 'timed-out', 'WorkflowCompleted True WorkflowFailed'],
  ])('says that its run %s', (_, run, phase, outcome, statement) => {
    expect(runStatus({}, run)).toMatchObject({ phase, ...(outcome && { outcome }) });
    expect(runStatus({}, run).completedAt).toBe(run.endedAt ?? undefined);
    expect(statements(run)).toContain(statement);
  });

  it('shows steps with their times, and what one waits for', () => {
    const waiting = { step: 'buildImage', reason: 'its turn', until: null };
    const status = { ...nothingKnown, steps: [step('done', Date.parse(ended)), step('running', null)], waiting };
    expect(runStatus({}, { ...running, status }).tasks).toEqual([
      { name: 'buildImage', phase: 'Succeeded', startedAt: begun, completedAt: ended, message: 'image' },
      {
        name: 'buildImage',
        phase: 'Running',
        startedAt: begun,
        completedAt: undefined,
        message: 'buildImage: its turn',
      },
    ]);
    expect(runStatus({}, { ...running, status }).conditions?.[0]?.message).toBe('buildImage: its turn');
  });

  it('says that no worker is there', () => {
    const run = { ...running, withoutWorker: ['slipway'] };
    expect(runStatus({}, run).conditions?.[0]?.message).toContain('no worker is polling task queue slipway');
  });

  it('keeps what it knew where no worker answers at the end', () => {
    const before = runStatus(
      {},
      { ...running, status: { ...nothingKnown, steps: [step('done', 1)], commit: 'c', image: 'i' } },
    );
    expect(runStatus(before, failed('Terminated', 'terminated'))).toMatchObject({
      tasks: before.tasks,
      commit: 'c',
      imageStatus: { image: 'i' },
    });
  });

  it('forgets an earlier end when its run is under way again', () => {
    const again = runStatus(runStatus({}, failed('BuildFailed')), running);
    expect(again).toMatchObject({ phase: 'Running', completedAt: undefined, failure: undefined, outcome: undefined });
  });

  it('has the time of a condition’s last change, not of its last look', () => {
    const first = pendingStatus({}, 'waits', begun);
    expect(pendingStatus(first, 'still waits', ended).conditions).toMatchObject([
      { message: 'still waits', lastTransitionTime: begun },
    ]);
  });

  it('says that nobody knows how a forgotten run ended', () => {
    expect(lostStatus({}, ended)).toMatchObject({
      phase: 'Failed',
      completedAt: ended,
      failure: { type: 'Unavailable' },
    });
  });
});

describe('the time to live', () => {
  it.each([
    ['1d12h', 129_600_000],
    ['90s', 90_000],
    ['0s', 0],
    ['', null],
    ['soon', null],
  ])('of %j is %j', (text, ms) => expect(ttlMs(text)).toBe(ms));
});
