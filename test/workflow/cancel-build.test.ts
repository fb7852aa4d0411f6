import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunStatus } from '../../src/runs/status.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { fakeSteps, type Journal } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

const journal: Journal = [];
const cancelled: string[] = [];
let temporal: TestTemporal;
let workers: TestWorkers;

beforeAll(async () => {
  temporal = await startTemporal();
  const steps = {
    ...fakeSteps(journal),
    cancelBuild: async ({ id }: { id: { execution: string } }) => void cancelled.push(id.execution),
  };
  workers = await startWorkers(temporal.address, steps, 1);
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});

async function start(name: string, buildMs: number) {
  const run = { name, component: name, buildMs };
  return (await startRun(workers.client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
}

it('ends a build although builds have taken every slot of the worker', async () => {
  const first = await start('first', 60_000);
  await expect.poll(() => journal).toContain('build first');
  const second = await start('second', 1);
  const stepsOf = async () => (await second.query<RunStatus>('status')).steps.map(({ name }) => name);
  await expect.poll(stepsOf).toContain('buildImage');

  await second.cancel();

  await expect(second.result()).rejects.toThrow();
  expect((await second.describe()).status.name).toBe('CANCELLED');
  expect(cancelled).toEqual([(await second.describe()).runId]);
  expect((await first.describe()).status.name).toBe('RUNNING');
  await first.terminate();
});
