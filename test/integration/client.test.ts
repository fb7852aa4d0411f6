import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cancelRun,
  connect,
  describeRun,
  listRuns,
  type RunView,
  retryRun,
  runWorkflowId,
  startRun,
  type TemporalClient,
  waitForEnd,
  watchRun,
} from '../../src/client.ts';
import { fakeSteps } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

let temporal: TestTemporal;
let workers: TestWorkers;
let library: TemporalClient;

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, fakeSteps([]));
  library = await connect({ TEMPORAL_ADDRESS: temporal.address });
});
afterAll(async () => {
  await library?.connection.close();
  await workers?.stop();
  await temporal?.stop();
});

describe('the library', () => {
  it('starts a run, watches it, and tells how it ended', async () => {
    const { client } = library;
    const run = { name: 'greeter-1', component: 'greeter' };
    const { handle, joined } = await startRun(client, { namespace: 'default', name: run.name, run, trigger: 'manual' });
    const views: RunView[] = [];
    for await (const view of watchRun(handle)) views.push(view);

    expect(joined).toBe(false);
    expect(views.at(-1)).toMatchObject({ closed: 'COMPLETED', pending: [], withoutWorker: [] });
    expect(views.at(-1)?.status.steps.at(-1)).toMatchObject({ name: 'reportStatus', state: 'done' });
    expect(await waitForEnd(handle)).toMatchObject({ kind: 'ended', result: { outcome: 'released' } });
  });

  it('finds, describes and retries it', async () => {
    const { client } = library;
    const id = runWorkflowId('default', 'greeter-1');
    const first = await describeRun(client, id);
    expect(first).toMatchObject({
      name: 'greeter-1',
      outcome: 'released',
      result: { outcome: 'released' },
      failure: null,
    });
    expect(await describeRun(client, runWorkflowId('default', 'greeter-2'))).toBeNull();

    const { handle } = await retryRun(client, id);
    expect(await waitForEnd(handle)).toMatchObject({ kind: 'ended' });
    const executions = async () => {
      const found: string[] = [];
      for await (const { execution } of listRuns(client, { component: 'greeter' })) found.push(execution);
      return found;
    };
    await expect.poll(executions).toEqual([expect.any(String), first?.execution]);
  });

  it('cancels a run, which ends as cancelled', async () => {
    const { client } = library;
    const run = { name: 'slow-1', component: 'slow', buildMs: 60_000 };
    const { handle } = await startRun(client, { namespace: 'default', name: run.name, run, trigger: 'manual' });
    for await (const { status } of watchRun(handle)) {
      if (status.steps.some(({ name }) => name === 'buildImage')) break;
    }
    expect(await cancelRun(client, handle.workflowId)).toBe(true);
    expect(await waitForEnd(handle)).toMatchObject({ kind: 'failed', failure: { type: 'Cancelled' } });
    expect(await cancelRun(client, runWorkflowId('default', 'nobody'))).toBe(false);
  });
});
