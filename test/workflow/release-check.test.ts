import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Failure, type FailureType } from '../../src/failures.ts';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { type FakeRun, fakeSteps, type Journal } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

const journal: Journal = [];
let trouble: FailureType | null = null;
let temporal: TestTemporal;
let workers: TestWorkers;
let runs = 0;

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, {
    ...fakeSteps(journal),
    checkRelease: async () => {
      journal.push('check');
      if (trouble) throw new Failure(trouble, 'so it is');
    },
    reportStatus: async ({ state }) => {
      if (state === 'pending') await sleep(1_000);
      journal.push(state);
    },
  });
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});
beforeEach(() => {
  journal.length = 0;
});

async function run({ component = `c${runs + 1}`, ...timing }: Partial<FakeRun> = {}) {
  const name = `r${++runs}`;
  const start = { namespace: 'default', name, run: { ...timing, name, component }, trigger: 'manual' } as const;
  return (await startRun(workers.client, start)).handle.result();
}

describe('the look ahead at the release', () => {
  it('ends the run before its build when the release cannot succeed, with one last status on the commit', async () => {
    trouble = 'ManifestInvalid';
    const failure = await run().catch(explainFailure);
    expect(failure).toEqual({ type: 'ManifestInvalid', step: 'checkRelease', message: 'so it is' });
    expect(journal).toEqual(['check', 'pending', 'failure']);
  });

  it('tries three times where access is denied', async () => {
    trouble = 'AccessDenied';
    expect(await run().catch(explainFailure)).toMatchObject({ type: 'AccessDenied', step: 'checkRelease' });
    expect(journal.filter((line) => line === 'check')).toHaveLength(3);
    expect(journal).not.toContainEqual(expect.stringMatching(/^build /));
  });

  it('leaves to later steps what may pass until the image is built', async () => {
    trouble = 'Unavailable';
    expect(await run()).toMatchObject({ outcome: 'released' });
    expect(journal).toContainEqual(expect.stringMatching(/^build /));
  });

  it('keeps a run that must fail from superseding an older one that need not', async () => {
    trouble = null;
    const older = run({ component: 'shared', buildMs: 5_000 });
    await expect.poll(() => journal).toContainEqual(expect.stringMatching(/^build /));
    trouble = 'PolicyRejected';
    expect(await run({ component: 'shared' }).catch(explainFailure)).toMatchObject({ type: 'PolicyRejected' });
    expect(await older).toMatchObject({ outcome: 'released' });
  });
});
