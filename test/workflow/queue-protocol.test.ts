import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure, TerminatedFailure, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueState } from '../../src/runs/queue.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { type FakeRun, fakeSteps, type Journal } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

type Run = WorkflowHandle<(run: unknown) => Promise<RunResult>>;

const journal: Journal = [];
let temporal: TestTemporal;
let workers: TestWorkers;
let cases = 0;

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, fakeSteps(journal, { maxEvents: 60 }));
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});

/** One component of its own a case, so that the cases run side by side. */
function component() {
  const name = `c${++cases}`;
  let runs = 0;
  const start = async (timing: Omit<FakeRun, 'name' | 'component'> = {}): Promise<Run> => {
    const run = { ...timing, component: name, name: `${name}-${++runs}` };
    const { handle } = await startRun(workers.client, { namespace: 'default', name: run.name, run, trigger: 'manual' });
    return handle;
  };
  return { start, queue: workers.client.workflow.getHandle(`queue/default/shop/${name}`), name };
}

/** `released`, `superseded`, or the name of the failure. */
async function endOf(run: Run): Promise<string> {
  try {
    return (await run.result()).outcome;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    if (cause instanceof CancelledFailure) return 'cancelled';
    return cause instanceof TerminatedFailure ? 'terminated' : String(cause);
  }
}
const endsOf = (runs: readonly Run[]) => Promise.all(runs.map(endOf));

/** Waits until something holds; the test's own time limit bounds it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}
const building = (run: Run) => until(async () => journal.includes(`build ${run.workflowId.split('/').at(-1)}`));
const waitingCount = (queue: WorkflowHandle, count: number) =>
  until(async () => (await queue.query<QueueState>('queueState')).waiting.length === count);

async function reset(run: Run, taskFromTheEnd: number): Promise<Run> {
  const { events } = await run.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await workers.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    reason: 'test',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: tasks.at(taskFromTheEnd)?.eventId ?? null,
    workflowExecution: { workflowId: run.workflowId },
  });
  return workers.client.workflow.getHandle(run.workflowId, runId);
}

describe.concurrent('the queue of a component', () => {
  it('lets the newest run end one that builds', async () => {
    const { start } = component();
    const older = await start({ buildMs: 60_000 });
    await building(older);
    expect(await endsOf([older, await start()])).toEqual(['superseded', 'released']);
  });

  it('lets a run that commits already finish first', async () => {
    const { start, name } = component();
    const older = await start({ commitMs: 4_000 });
    await sleep(2_000);
    expect(await endsOf([older, await start()])).toEqual(['released', 'released']);
    expect(journal.filter((line) => line.startsWith(`pushed ${name}-`))).toEqual([
      `pushed ${name}-1`,
      `pushed ${name}-2`,
    ]);
  });

  it('lets a newer run overtake one that waits', async () => {
    const { start, queue } = component();
    const first = await start({ commitMs: 5_000 });
    await sleep(2_000);
    const second = await start();
    await waitingCount(queue, 1);
    expect(await endsOf([first, second, await start()])).toEqual(['released', 'superseded', 'released']);
  });

  it('goes on after its holder was terminated, before or after the next one asked', async () => {
    const { start, queue } = component();
    const before = await start({ buildMs: 60_000 });
    await building(before);
    await before.terminate();
    const after = await start({ buildMs: 60_000, keepAll: true });
    await building(after);
    const next = await start({ keepAll: true });
    await waitingCount(queue, 1);
    await after.terminate();
    expect(await endsOf([before, after, next])).toEqual(['terminated', 'terminated', 'released']);
  });

  it('does not let a terminated holder stand in the way of a run that started before it', async () => {
    const { start } = component();
    const earlier = await start({ cloneMs: 4_000 });
    const holder = await start({ buildMs: 60_000 });
    await building(holder);
    await holder.terminate();
    expect(await endsOf([earlier, holder])).toEqual(['released', 'terminated']);
  });

  it('goes on after its holder was cancelled', async () => {
    const { start, queue } = component();
    const holder = await start({ buildMs: 60_000, keepAll: true });
    await building(holder);
    const next = await start({ keepAll: true });
    await waitingCount(queue, 1);
    await holder.cancel();
    expect(await endsOf([holder, next])).toEqual(['cancelled', 'released']);
  });

  it('forgets who was terminated or cancelled while waiting', async () => {
    const { start, queue } = component();
    const first = await start({ buildMs: 6_000, keepAll: true });
    await building(first);
    const waiting: Run[] = [];
    for (let i = 0; i < 3; i++) waiting.push(await start({ keepAll: true }));
    await waitingCount(queue, 3);
    await waiting[0]?.terminate();
    await waiting[1]?.cancel();
    expect(await endsOf([first, ...waiting])).toEqual(['released', 'terminated', 'cancelled', 'released']);
  });

  it('survives being terminated: who waits asks again, a minute later', async () => {
    const { start, queue } = component();
    const holder = await start({ buildMs: 5_000, keepAll: true });
    await building(holder);
    const next = await start({ keepAll: true });
    await waitingCount(queue, 1);
    await queue.terminate();
    expect(await endsOf([holder, next])).toEqual(['released', 'released']);
  });

  it('keeps the turn of a holder that was reset', async () => {
    const { start, queue, name } = component();
    const holder = await start({ buildMs: 4_000, keepAll: true });
    await building(holder);
    const next = await start({ keepAll: true });
    await waitingCount(queue, 1);
    expect(await endsOf([await reset(holder, 0), next])).toEqual(['released', 'released']);
    expect(journal.filter((line) => line.startsWith(`pushed ${name}-`))).toEqual([
      `pushed ${name}-1`,
      `pushed ${name}-2`,
    ]);
  });

  it('lets an ended run that was reset to a point after its turn go on beside the new holder', async () => {
    const { start } = component();
    const ended = await start();
    await endOf(ended);
    const holder = await start({ buildMs: 3_000, keepAll: true });
    await building(holder);
    expect(await endsOf([await reset(ended, -3), holder])).toEqual(['released', 'released']);
  });

  it('ends a run that was superseded before it asked', async () => {
    const { name } = component();
    const run: FakeRun = { name: `${name}-1`, component: name };
    const handle = await workers.client.workflow.signalWithStart('buildAndRelease', {
      workflowId: `run/default/${run.name}`,
      taskQueue: 'slipway',
      args: [run],
      signal: 'supersede',
      signalArgs: [{ by: 'another', reason: 'newer' }],
    });
    expect(await endOf(handle as Run)).toBe('superseded');
    expect(journal).not.toContain(`build ${run.name}`);
  });

  it('ends when it is idle', async () => {
    const { start, queue } = component();
    await endOf(await start());
    await until(async () => (await queue.describe()).status.name === 'COMPLETED');
  });

  it('keeps every run of a component that asks for it, in order', async () => {
    const { start, name } = component();
    const first = await start({ buildMs: 3_000, keepAll: true });
    await building(first); // of those that ask a free queue at the same time, any may be first
    const runs = [first];
    for (let i = 0; i < 3; i++) runs.push(await start({ buildMs: 300, keepAll: true }));
    expect(await endsOf(runs)).toEqual(['released', 'released', 'released', 'released']);
    expect(journal.filter((line) => line.startsWith(`pushed ${name}-`))).toEqual(
      [1, 2, 3, 4].map((i) => `pushed ${name}-${i}`),
    );
  });

  it('loses nobody when it continues as new in between', async () => {
    const { start, name, queue } = component();
    const runs: Run[] = [];
    for (let i = 0; i < 12; i++) runs.push(await start({ keepAll: true }));
    expect(await endsOf(runs)).toEqual(runs.map(() => 'released'));
    expect(journal.filter((line) => line.startsWith(`pushed ${name}-`))).toHaveLength(runs.length);
    const ended: string[] = [];
    const query = `WorkflowId = '${queue.workflowId}' AND ExecutionStatus = 'ContinuedAsNew'`;
    for await (const { runId } of workers.client.workflow.list({ query })) ended.push(runId);
    expect(ended).not.toEqual([]);
  });

  it.each([
    [0, 1_500, 3_000],
    [3_000, 1_500, 0],
    [1_500, 0, 3_000],
    [0, 3_000, 1_500],
    [3_000, 0, 1_500],
    [1_500, 3_000, 0],
  ])('releases the newest of three quick starts alone, asking after %i, %i and %i ms', async (...cloneMs) => {
    const { start, name } = component();
    const runs: Run[] = [];
    for (const delay of cloneMs) runs.push(await start({ cloneMs: delay + 1, buildMs: 6_000 }));
    expect(await endsOf(runs)).toEqual(['superseded', 'superseded', 'released']);
    expect(journal.filter((line) => line.startsWith(`pull request ${name}-`))).toEqual([`pull request ${name}-3`]);
  });
});
