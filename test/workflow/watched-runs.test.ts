import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countResults } from '../../activities/count-results.ts';
import { translateFailures } from '../../activities/failures.ts';
import { redactFailures } from '../../activities/redact-failures.ts';
import { watchSteps } from '../../activities/watch-steps.ts';
import { Failure } from '../../src/failures.ts';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import type { RunEnded } from '../../workflows/tell-run.ts';
import { fakeSteps } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

const metrics = createWorkerMetrics([]);
const lines: Readonly<Record<string, unknown>>[] = [];
const ends = new Map<string, RunEnded>();
let temporal: TestTemporal;
let workers: TestWorkers;

beforeAll(async () => {
  temporal = await startTemporal();
  const usual = fakeSteps([]);
  const steps = countResults(
    {
      ...usual,
      async buildImage(request) {
        if (request.plan.component === 'broken') throw new Failure('BuildFailed', 'RUN curl -H token-of-git failed');
        return usual.buildImage(request);
      },
    },
    metrics,
  );
  const log = (message: string, fields: object) => void lines.push({ message, ...fields });
  workers = await startWorkers(temporal.address, steps, 20, {
    interceptors: [
      watchSteps({ ...metrics, log }),
      translateFailures,
      redactFailures(createRedactor(['token-of-git'])),
    ],
    watch: {
      ended(run, end) {
        ends.set(run, end);
        metrics.runEnded(end);
      },
      hadTurn: metrics.turn,
    },
  });
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});

async function run(component: string): Promise<string> {
  const request = { name: component, component, commit: `commit-of-${component}` };
  const start = { namespace: 'default', name: component, run: request, trigger: 'manual' } as const;
  const { handle } = await startRun(workers.client, start);
  return handle.result().then(
    () => '',
    (error: Error) => String(error.cause),
  );
}

describe('a worker that is watched', () => {
  it('tells of a run: its steps, its build, its turn, its end', async () => {
    await run('greeter');

    const subject = { run: 'default/greeter', component: 'default/shop/greeter', commit: 'commit-of-greeter' };
    expect(ends.get('default/greeter')).toMatchObject({ outcome: 'released', failure: null, commit: subject.commit });
    const built = lines.filter(({ step }) => step === 'buildImage');
    expect(built).toMatchObject([{ message: 'step done', ...subject, attempt: 1 }]);
    expect(lines.find(({ step }) => step === 'cloneSource')).toMatchObject(subject);
    const text = await metrics.text();
    expect(text).toContain('slipway_runs_total{outcome="released",failure=""} 1');
    expect(text).toContain('slipway_turn_wait_seconds_count 1');
    expect(text).toContain('slipway_step_seconds_count{step="commitAndPush",result="done"} 1');
    expect(text).toContain('slipway_builds_total{kind="docker",result="built"} 1');
    expect(text).toContain('slipway_step_wait_seconds_count{queue="builds"} 1');
    expect(text).toContain('slipway_steps_running{step="buildImage"} 0');
  });

  it('tells why one failed, without the secrets that its step threw', async () => {
    expect(await run('broken')).toContain('RUN curl -H *** failed');

    expect(ends.get('default/broken')).toMatchObject({ outcome: 'failed', failure: 'BuildFailed' });
    const text = await metrics.text();
    expect(text).toContain('slipway_runs_total{outcome="failed",failure="BuildFailed"} 1');
    expect(text).toContain('slipway_step_failures_total{step="buildImage",failure="BuildFailed"} 1');
    expect(text).toContain('slipway_builds_total{kind="docker",result="BuildFailed"} 1');
  });
});
