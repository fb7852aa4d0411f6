import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/client.ts';
import { deploymentName, queueWorkflowId } from '../../src/temporal/names.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { fakeSteps, type Journal } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { makeCurrent } from '../support/worker-versions.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

const journals: Readonly<Record<'v1' | 'v2', Journal>> = { v1: [], v2: [] };
const running: TestWorkers[] = [];
let temporal: TestTemporal;
let connection: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  temporal = await startTemporal();
  connection = await connect({ TEMPORAL_ADDRESS: temporal.address });
});
afterAll(async () => {
  for (const workers of running) await workers.stop();
  await connection?.connection.close();
  await temporal?.stop();
});

async function startVersion(version: 'v1' | 'v2'): Promise<void> {
  running.push(await startWorkers(temporal.address, fakeSteps(journals[version]), 20, { version }));
  await makeCurrent(connection.client, version);
}

async function start(name: string, buildMs = 1) {
  const run = { name, component: 'greeter', buildMs, keepAll: true };
  return (await startRun(connection.client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
}

it('lets a run end on the code that it began with, while newer ones run on the current code', async () => {
  await startVersion('v1');
  const first = await start('first', 8_000);
  await expect.poll(() => journals.v1).toContain('build first');

  await startVersion('v2');
  const second = await start('second');

  expect(await first.result()).toMatchObject({ outcome: 'released' });
  expect(await second.result()).toMatchObject({ outcome: 'released' });
  expect(journals.v1).toEqual(['build first', 'pushed first', 'pull request first']);
  expect(journals.v2).toEqual(['build second', 'pushed second', 'pull request second']);
});

it('moves the queue of a component to the current code', async () => {
  const queue = await connection.client.workflow
    .getHandle(queueWorkflowId({ namespace: 'default', project: 'shop', component: 'greeter' }))
    .describe();

  const { versioningInfo } = queue.raw.workflowExecutionInfo ?? {};
  expect(versioningInfo?.deploymentVersion).toMatchObject({ deploymentName, buildId: 'v2' });
});
