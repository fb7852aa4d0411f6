import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failures.ts';
import type { CommitRange } from '../../src/git/git.ts';
import { describeDelivery } from '../../src/temporal/describe-delivery.ts';
import { listDeliveries } from '../../src/temporal/list-deliveries.ts';
import { scheduleSweep, sweepScheduleId } from '../../src/temporal/schedule-sweep.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import type { SweepResult } from '../../src/webhooks/sweep.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { sweepNow } from '../support/sweep-now.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';
import { catalogWith, type Sample } from '../unit/webhooks/matching.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const url = 'https://github.com/org/repo';
const inAnHour = () => Date.now() / 1000 + 3600;

let temporal: TestTemporal;
let workers: TestWorkers;
let samples: readonly Sample[];
/** Head of `main` by repository; one that is not there is away. */
let heads: Record<string, string>;
let range: Partial<CommitRange>;
let asked: string[];
/** What happens before a repository is asked for the second time and later. */
let meanwhile: () => Promise<void>;

beforeAll(async () => {
  temporal = await startTemporal();
  const steps = automaticRuns({
    catalog: () => catalogWith(samples),
    async heads(remote) {
      if (asked.includes(remote.url)) await meanwhile();
      asked.push(remote.url);
      const head = heads[remote.url];
      if (head === undefined) throw new Failure('Unavailable', `${remote.url} is away`);
      return new Map([['main', head]]);
    },
    ranges: async (_remote, befores, after) => new Map(befores.map((before) => [before, rangeTo(after)])),
  });
  workers = await startWorkers(temporal.address, steps);
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});
beforeEach(async () => {
  range = {};
  asked = [];
  heads = { [url]: b };
  meanwhile = async () => {};
  await scheduleSweep(workers.client, null);
  await scheduleSweep(workers.client, 24 * 3600);
  const schedule = workers.client.schedule.getHandle(sweepScheduleId);
  await schedule.update((now) => ({ ...now, action: { ...now.action, args: [{ wait: '500ms' }] } }));
});

function rangeTo(after: string): CommitRange {
  const commits = [{ id: after, message: 'Change', email: 'ada@acme.example', paths: ['svc/main.go'] }];
  return { commits, whole: true, committedAt: inAnHour(), paths: ['svc/main.go'], ...range };
}

const sweep = () => sweepNow(workers.client);

/** `start` or the reason for each component. */
const outcomes = ({ verdicts }: SweepResult) =>
  Object.fromEntries(
    verdicts.map(({ component, outcome, reason }) => [component.split('/')[2], outcome === 'start' ? 'start' : reason]),
  );

/** A run that somebody else asks for, until it has ended. */
async function ask(component: string, commit: string, trigger: 'manual' | 'webhook' = 'webhook'): Promise<void> {
  const name = trigger === 'manual' ? `${component}-by-hand` : `${component}-${commit.slice(0, 12)}-000000`;
  const run = {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, namespace: 'default', annotations: { 'slipway.dev/trigger': trigger } },
    spec: {
      owner: { projectName: 'shop', componentName: component },
      workflow: {
        name: 'docker-gitops-release',
        systemParameters: { repository: { url, revision: { branch: 'main', commit }, appPath: '/svc' } },
      },
    },
  };
  const { handle } = await startRun(workers.client, { namespace: 'default', name, run, trigger });
  await handle.result();
}

async function runsOf(component: string): Promise<readonly string[]> {
  const ids: string[] = [];
  const query = `WorkflowId STARTS_WITH 'run/default/${component}-'`;
  for await (const { workflowId } of workers.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe('a sweep', () => {
  it('starts one run of a component whose push no webhook told, and is listed as a delivery is', async () => {
    samples = [{ name: 'lost' }];
    heads = { [url]: a };
    expect(outcomes(await sweep())).toEqual({ lost: 'never-requested' });
    heads = { [url]: b };
    const found = await sweep();

    expect(outcomes(found)).toEqual({ lost: 'start' });
    const run = workers.client.workflow.getHandle(`run/${found.verdicts[0]?.run}`);
    expect(await run.result()).toMatchObject({ outcome: 'released', commit: b });
    expect(outcomes(await sweep())).toEqual({});
    expect(await runsOf('lost')).toEqual([run.workflowId]);
    expect(await describeDelivery(workers.client, found.id)).toMatchObject({
      id: expect.stringMatching(/^sweep\/at-20/),
      repository: url,
      branch: 'main',
      commit: b,
      counts: { started: 1, skipped: 0, failed: 0 },
      verdicts: [{ outcome: 'start', runOutcome: 'released' }],
    });
    // Temporal's list learns of everything a moment later.
    const listed = async () => {
      const ids: string[] = [];
      for await (const { id } of listDeliveries(workers.client)) ids.push(id);
      return ids;
    };
    await expect.poll(listed).toEqual([found.id]);
  });

  it('asks once for all components of a repository, and of unchanged heads for nothing more', async () => {
    samples = [{ name: 'one' }, { name: 'two' }, { name: 'next', branch: 'next' }, { name: 'off', autoBuild: false }];
    await sweep();
    expect(outcomes(await sweep())).toEqual({});
    expect(asked).toEqual([url, url]);
  });

  it('compares with what was last requested where no sweep has looked before', async () => {
    samples = [{ name: 'behind' }, { name: 'up-to-date' }, { name: 'never' }];
    await Promise.all([ask('behind', a), ask('up-to-date', b)]);

    expect(outcomes(await sweep())).toEqual({ behind: 'start', 'up-to-date': 'requested', never: 'never-requested' });
  });

  it('starts nothing that a webhook tells before its second look', async () => {
    samples = [{ name: 'late' }];
    await ask('late', a);
    meanwhile = () => ask('late', b);

    expect(outcomes(await sweep())).toEqual({ late: 'requested' });
    expect(await runsOf('late')).toHaveLength(2);
  });

  it('starts nothing whose run is under way or has failed before it could ask for its turn', async () => {
    samples = [{ name: 'refused' }];
    await ask('refused', a);
    const name = `refused-${b.slice(0, 12)}-111111`;
    const { handle } = await startRun(workers.client, { namespace: 'default', name, run: {}, trigger: 'webhook' });
    await expect(handle.result()).rejects.toThrow();
    await expect.poll(() => runsOf('refused')).toHaveLength(2);

    expect(outcomes(await sweep())).toEqual({ refused: 'requested' });
  });

  it('leaves a commit that a person chose, until something is committed after that', async () => {
    samples = [{ name: 'chosen' }];
    await ask('chosen', a, 'manual');
    range = { committedAt: Date.now() / 1000 - 3600 };
    expect(outcomes(await sweep())).toEqual({ chosen: 'manual' });

    range = { committedAt: inAnHour() };
    heads = { [url]: 'c'.repeat(40) };
    expect(outcomes(await sweep())).toEqual({ chosen: 'start' });
  });

  it.each([
    ['skip-ci', { commits: [{ id: b, message: 'Docs\n\n[skip ci]', email: 'ada@acme.example', paths: ['svc/a'] }] }],
    ['paths', { paths: ['docs/index.md'] }],
  ] as const)('starts nothing for %s, by the rules of webhooks', async (reason, given) => {
    samples = [{ name: reason }];
    await ask(reason, a);
    range = given;

    expect(outcomes(await sweep())).toEqual({ [reason]: reason });
    expect(outcomes(await sweep())).toEqual({});
  });

  it('looks at the others when a repository is away, and at that one as soon as it is back', async () => {
    const away = 'https://git.acme.example/away/repo';
    samples = [{ name: 'stranded', url: away }, { name: 'beside' }];
    await Promise.all([ask('stranded', a), ask('beside', a)]);
    const result = await sweep();

    expect(outcomes(result)).toEqual({ beside: 'start' });
    expect(result.paths.notes).toContain(`${away} was not looked at: ${away} is away`);
    heads = { [url]: b, [away]: b };
    expect(outcomes(await sweep())).toEqual({ stranded: 'start' });
  });
});

describe('the schedule', () => {
  it('is there once, however many workers start, stays paused, and goes away where it is switched off', async () => {
    const handle = workers.client.schedule.getHandle(sweepScheduleId);
    await handle.pause('upgrade');
    await expect.poll(async () => (await handle.describe()).state.paused).toBe(true);
    await scheduleSweep(workers.client, 600);

    await expect
      .poll(() => handle.describe())
      .toMatchObject({ state: { paused: true, note: 'upgrade' }, spec: { intervals: [{ every: 600_000 }] } });
    await scheduleSweep(workers.client, null);
    await expect(handle.describe()).rejects.toThrow();
    await scheduleSweep(workers.client, null);
  });
});
