import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanLogs } from '../../activities/clean-logs.ts';
import type { Activities } from '../../activities/index.ts';
import { createSweepJobs } from '../../activities/sweep-jobs.ts';
import type { LogStore, StoredLog } from '../../src/logs/log-store.ts';
import type { KnownBuild } from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { cleanNow } from '../../src/temporal/clean-now.ts';
import { scheduleJanitor } from '../../src/temporal/schedule-janitor.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { fakeSteps } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

let temporal: TestTemporal;
let workers: TestWorkers;
/** The Jobs that there are, and those that somebody still wants. */
let builds: readonly KnownBuild[] = [];
let wanted: string[] = [];
let graceMs = 0;
/** What the store of logs has. */
let logs: StoredLog[] = [];
const logStore: LogStore = {
  place: 'https://s3.example/logs',
  put: () => expect.unreachable(),
  get: () => expect.unreachable(),
  olderThan: async (time) => logs.filter(({ keptAt }) => keptAt < time),
  async remove(log) {
    logs = logs.filter((other) => other !== log);
  },
};
/** What was asked for. */
const cleaned: object[] = [];

const sweepJobs: Activities['sweepJobs'] = (options) =>
  createSweepJobs({
    sweepGraceMs: graceMs,
    async sweepJobs(isWanted) {
      wanted = [];
      for (const build of builds) if (await isWanted(build)) wanted.push(build.execution);
      return builds.length - wanted.length;
    },
  }).sweepJobs(options);

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, {
    ...fakeSteps([]),
    sweepJobs,
    async cleanBranches(options) {
      cleaned.push(options);
      const branch = {
        kind: 'branch',
        place: 'gitops',
        name: 'release/api-1',
        reason: 'its pull request is merged',
      } as const;
      return { removed: [branch], count: 1, notes: [] };
    },
    ...createCleanLogs({ logStore, keepLogDays: 30 }),
    cleanRegistries: () => Promise.reject(ApplicationFailure.nonRetryable('the registry is away')),
  });
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});

const clean = (more: object = {}) =>
  workers.client.workflow.execute('janitor', {
    workflowId: `janitor-${Math.random()}`,
    taskQueue: 'slipway',
    args: [{ buildTaskQueue: 'slipway-build', ...more }],
  });

async function start(name: string, buildMs: number): Promise<KnownBuild> {
  const run = { name, component: name, buildMs };
  const { handle } = await startRun(workers.client, { namespace: 'default', name, run, trigger: 'manual' });
  if (buildMs === 0) await handle.result();
  const { runId } = await handle.describe();
  return { workflowId: handle.workflowId, execution: runId, madeAt: Date.now() };
}

describe('the janitor', () => {
  it('keeps the Jobs of runs that are under way, and gives up those of runs that are over or were started anew', async () => {
    graceMs = 0;
    const earlier = await start('running', 0);
    const running = await start('running', 60_000);
    const over = await start('over', 0);
    builds = [running, over, earlier];

    expect(await clean({ dryRun: true })).toMatchObject({ jobs: 2 });
    expect(wanted).toHaveLength(builds.length);
    expect(await clean()).toMatchObject({ jobs: 2 });

    expect(wanted).toEqual([running.execution]);
    await workers.client.workflow.getHandle(running.workflowId).terminate();
  });

  it('leaves Jobs alone that another Temporal started, also under the name of a run of ours', async () => {
    graceMs = 0;
    const { workflowId } = await start('both', 0);
    const foreign = { execution: randomUUID(), madeAt: 0 };
    builds = [
      { ...foreign, workflowId },
      { ...foreign, workflowId: 'run/default/theirs' },
    ];

    expect(await clean()).toMatchObject({ jobs: 0 });
  });

  it('removes logs of builds that are older than they are kept, and first says which', async () => {
    builds = [];
    const aged = (name: string, days: number) => ({ name, keptAt: new Date(Date.now() - days * 24 * 3600_000) });
    const [old, young] = [aged('old', 31), aged('young', 29)];
    logs = [old, young];
    const reason = `it is of ${old.keptAt.toISOString().slice(0, 10)}`;
    const removed = expect.arrayContaining([{ kind: 'log', place: logStore.place, name: 'old', reason }]);

    expect(await clean({ dryRun: true })).toMatchObject({ cleaned: { count: 2, removed } });
    expect(logs).toEqual([old, young]);
    expect(await clean()).toMatchObject({ cleaned: { count: 2, removed } });
    expect(logs).toEqual([young]);
  });

  it('leaves some time to those that have just ended', async () => {
    graceMs = 60_000;
    builds = [await start('just-over', 0)];

    expect(await clean()).toMatchObject({ jobs: 0 });
    expect(wanted).toHaveLength(1);
  });

  it('is scheduled once, however many workers start, and stays paused where somebody paused it', async () => {
    await scheduleJanitor(workers.client, 'slipway-build');
    const handle = workers.client.schedule.getHandle('slipway-janitor');
    await handle.pause('upgrade');
    await scheduleJanitor(workers.client, 'slipway-build');

    const { state, spec, action } = await handle.describe();

    expect(state).toMatchObject({ paused: true, note: 'upgrade' });
    expect(spec.intervals).toMatchObject([{ every: 600_000 }]);
    expect(action).toMatchObject({ workflowType: 'janitor', taskQueue: 'slipway' });
  });

  it('looks at everything once a day, and when somebody asks for it', async () => {
    const handle = workers.client.schedule.getHandle('slipway-janitor');
    await handle.unpause();
    cleaned.length = 0;
    // Each begins with what the last one of the schedule ended with.
    for (const runs of [1, 2]) {
      await handle.trigger('BUFFER_ONE');
      const taken = async () => (await handle.describe()).info;
      await expect.poll(async () => (await taken()).numActionsTaken).toBeGreaterThanOrEqual(runs);
      const last = (await taken()).recentActions.at(-1)?.action.workflow;
      await workers.client.workflow.getHandle(last?.workflowId ?? '').result();
    }
    expect(cleaned).toEqual([{ dryRun: false }]);

    expect(await cleanNow(workers.client, true)).toMatchObject({
      cleaned: { removed: [{ kind: 'branch', name: 'release/api-1' }], count: 1, notes: ['the registry is away'] },
    });
    expect(cleaned).toEqual([{ dryRun: false }, { dryRun: true }]);
    await handle.delete();
    await expect(cleanNow(workers.client, true)).rejects.toMatchObject({ type: 'Unavailable' });
  });
});
