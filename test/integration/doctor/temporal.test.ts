import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSearchAttributes, checkTemporal } from '../../../src/doctor/temporal.ts';
import { checkWorkers } from '../../../src/doctor/workers.ts';
import { registerSearchAttributes } from '../../../src/temporal/search-attributes.ts';
import { startTemporal, type TestTemporal } from '../../support/temporal.ts';

const { signal } = new AbortController();
let temporal: TestTemporal;
let connection: Connection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal();
  connection = await Connection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection?.close();
  await temporal?.stop();
});

const access = (namespace = 'default') => ({
  address: temporal.address,
  namespace,
  connect: async () => connection,
});

describe('the checks of Temporal', () => {
  it('tell an address that does not answer, and a namespace that is not there', async () => {
    const refused = { ...access(), connect: () => Promise.reject(new Error('connection refused')) };

    expect(await checkTemporal(access()).run(signal)).toMatchObject({ state: 'ok' });
    expect(await checkTemporal(access('nowhere')).run(signal)).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('temporal operator namespace create -n nowhere'),
    });
    expect(await checkTemporal(refused).run(signal)).toMatchObject({
      state: 'fail',
      text: expect.stringContaining('connection refused'),
    });
  });

  it('warn of search attributes that are missing, until they are registered', async () => {
    await connection.workflowService.registerNamespace({
      namespace: 'bare',
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const verdict = () =>
      checkSearchAttributes(access('bare'))
        .run(signal)
        .catch(() => undefined);

    await expect.poll(verdict).toMatchObject({
      state: 'warn',
      text: expect.stringContaining('SlipwayNamespace, SlipwayProject'),
    });
    await registerSearchAttributes(connection, 'bare');
    await expect.poll(verdict).toEqual({ state: 'ok', text: 'registered' });
  });

  it('want a worker for short steps and one for builds', async () => {
    expect(await checkWorkers(access()).run(signal)).toMatchObject({
      state: 'fail',
      text: expect.stringContaining('task queue slipway'),
    });

    const native = await NativeConnection.connect({ address: temporal.address });
    const identity = '1@build-host';
    const activities = { nothing: async () => undefined };
    const start = async (taskQueue: string, workflows: boolean) => {
      const code = workflows
        ? { workflowsPath: fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url)) }
        : {};
      return Worker.create({ connection: native, taskQueue, activities, identity, ...code });
    };
    const workers = [await start('slipway', true)];
    const running = workers.map((worker) => worker.run());
    try {
      const verdict = async () => (await checkWorkers(access()).run(signal)).text;
      await expect.poll(verdict).toContain('none has asked for builds (slipway-build, slipway-build-build-host)');
      const builder = await start('slipway-build-build-host', false);
      workers.push(builder);
      running.push(builder.run());
      await expect.poll(verdict).toBe('1 on slipway; builds on slipway-build-build-host');
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await native.close();
    }
  });
});
