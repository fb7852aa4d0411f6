import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, runWorkflowId, startRun, type TemporalClient } from '../../../src/client.ts';
import { findOwner } from '../../../src/temporal/find-owner.ts';
import { fakeSteps } from '../../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../../support/workers.ts';

let temporal: TestTemporal;
let workers: TestWorkers;
let library: TemporalClient;
const journal: string[] = [];

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, fakeSteps(journal));
  library = await connect({ TEMPORAL_ADDRESS: temporal.address });
});
afterAll(async () => {
  await library?.connection.close();
  await workers?.stop();
  await temporal?.stop();
});

const startFor = (uid: string, buildMs = 1) =>
  startRun(library.client, {
    namespace: 'default',
    name: 'of-a-resource',
    run: { name: 'of-a-resource', component: 'greeter', buildMs },
    trigger: 'controller',
    memo: { uid },
    requestId: uid,
  });
const owner = () => findOwner(library.client, runWorkflowId('default', 'of-a-resource'));

describe('a run that is started for a resource', () => {
  it('runs once for each UID, also when it is over', async () => {
    const { handle } = await startFor('first');
    await handle.result();
    const { execution } = (await owner()) ?? {};
    const replicas = await Promise.all([startFor('first'), startFor('first')]);
    for (const replica of replicas) await replica.handle.result();
    expect(await owner()).toEqual({ uid: 'first', isRunning: false, execution });
    expect(journal.filter((line) => line.startsWith('build'))).toHaveLength(1);

    await (await startFor('second')).handle.result();
    expect(await owner()).toMatchObject({ uid: 'second', isRunning: false });
    expect(journal.filter((line) => line.startsWith('build'))).toHaveLength(2);
  });

  it('is joined while it runs, whoever asks, and keeps its owner', async () => {
    const { joined, handle } = await startFor('third', 2000);
    expect(joined).toBe(false);
    expect((await startFor('fourth')).joined).toBe(true);
    expect(await owner()).toMatchObject({ uid: 'third', isRunning: true });
    await handle.result();
  });

  it('is nobody’s where Temporal knows none', async () => {
    expect(await findOwner(library.client, runWorkflowId('default', 'unknown'))).toBeNull();
  });
});
