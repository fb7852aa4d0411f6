import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openInbox, type TemporalInbox } from '../../src/temporal/inbox.ts';
import { replayDelivery } from '../../src/temporal/replay-delivery.ts';
import { fakeSteps } from '../support/fake-steps.ts';
import { push, pushPayloads } from '../support/payloads.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

let temporal: TestTemporal;
let workers: TestWorkers;
let inbox: TemporalInbox;
let close: () => Promise<void>;
let broken = true;

beforeAll(async () => {
  temporal = await startTemporal();
  const fake = fakeSteps([]);
  workers = await startWorkers(temporal.address, {
    ...fake,
    async judgeDelivery(accepted) {
      if (broken) throw ApplicationFailure.nonRetryable('the catalog is broken');
      return fake.judgeDelivery(accepted);
    },
  });
  ({ inbox, close } = openInbox({ connectionOptions: { address: temporal.address }, namespace: 'default' }));
});
afterAll(async () => {
  await close?.();
  await workers?.stop();
  await temporal?.stop();
});

it('a delivery whose handling failed is handled when it comes again or is replayed, and never with another body', async () => {
  const told = push('github', pushPayloads.github(), { 'x-github-delivery': 'one' });
  const accepted = { push: told, scope: { allBut: [] }, receivedAt: new Date().toISOString() };
  const { workflow } = workers.client;
  // Each time of the newest execution.
  const result = () => workflow.getHandle('delivery/github/one').result();

  expect(await inbox.accept(accepted, 'body')).toBe('started');
  await expect(result()).rejects.toThrow();
  expect(await inbox.accept(accepted, 'another body')).toBe('other-body');
  expect(await inbox.accept(accepted, 'body')).toBe('started');
  await expect(result()).rejects.toThrow();

  broken = false;
  expect(await replayDelivery(workers.client, 'github/one')).toBe(true);
  expect(await result()).toMatchObject({ verdicts: [] });
  expect(await inbox.accept(accepted, 'another body')).toBe('other-body');
  expect(await inbox.accept(accepted, 'body')).toBe('joined');
});
