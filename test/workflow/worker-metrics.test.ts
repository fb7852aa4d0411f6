import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { startWorker } from '../../src/worker.ts';
import { startTemporal } from '../support/temporal.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('a worker tells its numbers, those of the SDK, and whether it takes work', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-worker-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const temporal = await startTemporal();
  onTestFinished(() => temporal.stop());
  const sdk = `127.0.0.1:${await freePort()}`;
  const config = loadConfig({
    SLIPWAY_CATALOG: `directory:${folder}`,
    SLIPWAY_BUILD_DIRECTORY: join(folder, 'builds'),
    SLIPWAY_METRICS_LISTEN: '127.0.0.1:0',
    SLIPWAY_SDK_METRICS_LISTEN: sdk,
  });
  const place = { connectionOptions: { address: temporal.address }, namespace: 'default' };
  const log = join(folder, 'worker.log');
  const worker = await startWorker(config, place, createLogger('info', { file: log }));
  const read = async (url: string) => (await fetch(url)).text();
  const connection = await Connection.connect({ address: temporal.address });
  onTestFinished(() => connection.close());

  const run = { args: [{}], taskQueue: 'slipway', workflowId: 'run/default/empty' };
  await expect(new Client({ connection }).workflow.execute('buildAndRelease', run)).rejects.toThrow();

  const metrics = await read(`${worker.metricsUrl}/metrics`);
  expect(metrics).toContain('slipway_runs_total{outcome="failed",failure="InvalidRun"} 1');
  expect(metrics).toContain('slipway_step_failures_total{step="resolveRun",failure="InvalidRun"} 1');
  expect(await read(`http://${sdk}/metrics`)).toMatch(/^temporal_worker_task_slots_available\{/m);
  expect(await read(`${worker.metricsUrl}/readyz`)).toBe('{"ok":true}');
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ msg: 'Activity failed', run: 'default/empty', activityType: 'resolveRun' }),
  );
  expect(lines.join()).not.toContain('taskToken');

  worker.stop();
  await worker.done;
  await expect(fetch(`${worker.metricsUrl}/metrics`)).rejects.toThrow();
});
