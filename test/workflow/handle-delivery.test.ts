import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failures.ts';
import { describeDelivery } from '../../src/temporal/describe-delivery.ts';
import { openInbox, type TemporalInbox } from '../../src/temporal/inbox.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import type { DeliveryResult } from '../../src/webhooks/accepted-delivery.ts';
import type { Scope } from '../../src/webhooks/authenticate.ts';
import type { ProviderName } from '../../src/webhooks/delivery.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { bitbucketChange, commit, first, push, pushPayloads, second, third } from '../support/payloads.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';
import { catalogWith, type Sample } from '../unit/webhooks/matching.ts';

let temporal: TestTemporal;
let workers: TestWorkers;
let inbox: TemporalInbox;
let close: () => Promise<void>;

let samples: readonly Sample[] = [];
let git: () => Promise<readonly string[]>;
let forge: () => Promise<readonly string[] | null>;
let refused: string | undefined;
let atOnce = { now: 0, most: 0 };

const away = async (): Promise<never> => {
  throw new Failure('Unavailable', 'the code host is away');
};

beforeAll(async () => {
  temporal = await startTemporal();
  const steps = automaticRuns({
    catalog: () => catalogWith(samples),
    changedPaths: () => git(),
    changedFiles: () => forge(),
    async start(client, request) {
      if (request.name.startsWith(`${refused}-`)) throw new Error('this one cannot be started');
      atOnce = { now: atOnce.now + 1, most: Math.max(atOnce.most, atOnce.now + 1) };
      try {
        return await startRun(client, request);
      } finally {
        atOnce = { ...atOnce, now: atOnce.now - 1 };
      }
    },
  });
  workers = await startWorkers(temporal.address, steps);
  const opened = openInbox({ connectionOptions: { address: temporal.address }, namespace: 'default' });
  ({ inbox, close } = opened);
});
afterAll(async () => {
  await close?.();
  await workers?.stop();
  await temporal?.stop();
});
beforeEach(() => {
  git = away;
  forge = away;
  refused = undefined;
});

let counter = 0;
const idHeader = {
  github: 'x-github-delivery',
  gitlab: 'idempotency-key',
  bitbucket: 'x-request-uuid',
  gitea: 'x-gitea-delivery',
};

/** Takes a delivery in and waits until it is handled. */
async function deliver(
  provider: ProviderName,
  payload: unknown,
  { id = `d-${++counter}`, scope = { allBut: [] } }: { id?: string; scope?: Scope } = {},
) {
  const told = push(provider, payload, { [idHeader[provider]]: id });
  const began = performance.now();
  const start = await inbox.accept(
    { push: told, scope, receivedAt: new Date().toISOString() },
    JSON.stringify(payload),
  );
  const acceptedMs = performance.now() - began;
  const handle = workers.client.workflow.getHandle<() => Promise<DeliveryResult>>(`delivery/${provider}/${id}`);
  return { start, id: `${provider}/${id}`, handle, acceptedMs, ...(await handle.result()) };
}

const outcomes = ({ verdicts }: DeliveryResult) =>
  Object.fromEntries(
    verdicts.map(({ component, outcome, reason }) => [component, outcome === 'start' ? 'start' : reason]),
  );

async function runsOf({ verdicts }: DeliveryResult) {
  const runs = verdicts.flatMap(({ run }) => run ?? []);
  return Promise.all(
    runs.map(
      async (run) =>
        (await workers.client.workflow.getHandle(`run/${run}`).result()) as { outcome: string; commit: string },
    ),
  );
}

describe('a delivery', () => {
  it('starts the components that are touched, and says why not the others', async () => {
    samples = [
      { name: 'one', appPath: '/a' },
      { name: 'two', appPath: '/b' },
      { name: 'three', appPath: '/c' },
      { name: 'next', branch: 'next' },
    ];
    const result = await deliver('github', pushPayloads.github({ commits: [commit({ paths: ['a/x', 'b/y'] })] }));

    expect(outcomes(result)).toEqual({
      'default/shop/one': 'start',
      'default/shop/two': 'start',
      'default/shop/three': 'paths',
      'default/shop/next': 'branch',
    });
    expect(await runsOf(result)).toEqual([
      expect.objectContaining({ outcome: 'released', commit: second }),
      expect.objectContaining({ outcome: 'released', commit: second }),
    ]);
    expect(await describeDelivery(workers.client, result.id)).toMatchObject({
      id: result.id,
      state: 'handled',
      repository: 'https://github.com/Org/Repo.git',
      branch: 'main',
      commit: second,
      actor: 'ada',
      counts: { started: 2, skipped: 2, failed: 0 },
      verdicts: [{ component: 'default/shop/one', runOutcome: 'released' }, { runOutcome: 'released' }, {}, {}],
    });
    const { events } = await result.handle.fetchHistory();
    expect(events?.length).toBeLessThan(25);
  });

  it('told again joins, and told by another webhook starts nothing new', async () => {
    samples = [{ name: 'told-twice' }];
    const payload = pushPayloads.github();
    const one = await deliver('github', payload, { id: 'same' });
    const again = await deliver('github', payload, { id: 'same' });
    const other = await deliver('github', payload);

    expect([one.start, again.start, other.start]).toEqual(['started', 'joined', 'started']);
    expect(other.verdicts[0]).toMatchObject({ outcome: 'start', run: one.verdicts[0]?.run });
    expect(other.verdicts[0]?.detail).toContain('another delivery told of it before, github/same');
    const runs = [];
    for await (const run of workers.client.workflow.list({ query: "WorkflowId STARTS_WITH 'run/default/told-twice'" }))
      runs.push(run);
    expect(runs).toHaveLength(1);
  });

  it('with another body under the same id is refused', async () => {
    samples = [];
    await deliver('github', pushPayloads.github(), { id: 'other' });
    expect((await deliver('github', pushPayloads.github({ forced: true }), { id: 'other' })).start).toBe('other-body');
  });

  it('keeps the others going when one cannot be started, and says so', async () => {
    samples = [{ name: 'fine' }, { name: 'refused' }, { name: 'fine-too' }];
    refused = 'refused';
    const result = await deliver('github', pushPayloads.github());

    expect(outcomes(result)).toMatchObject({
      'default/shop/fine': 'start',
      'default/shop/refused': 'start-failed',
      'default/shop/fine-too': 'start',
    });
    expect(result.verdicts.find(({ outcome }) => outcome === 'failed')?.detail).toContain('this one cannot be started');
    expect((await runsOf(result)).map(({ outcome }) => outcome)).toEqual(['released', 'released']);
  });

  it('starts only what its secret may start', async () => {
    samples = [{ name: 'ours' }, { name: 'theirs', namespace: 'team-a' }];
    const result = await deliver('github', pushPayloads.github(), { scope: { only: ['default'] } });

    expect(outcomes(result)).toEqual({ 'default/shop/ours': 'start', 'team-a/shop/theirs': 'other-secret' });
  });

  it('of Bitbucket about two branches builds the head of each tracked one', async () => {
    samples = [
      { name: 'bb-main', url: 'https://bitbucket.org/org/repo' },
      { name: 'bb-next', url: 'https://bitbucket.org/org/repo', branch: 'next' },
    ];
    const target = (hash: string) => ({ hash, message: 'm', author: { raw: 'Ada <ada@acme.example>' } });
    const next = {
      old: { type: 'branch', name: 'next', target: target(first) },
      new: { type: 'branch', name: 'next', target: target(third) },
    };
    git = async () => ['svc/main.go'];
    const result = await deliver('bitbucket', pushPayloads.bitbucket(bitbucketChange(), bitbucketChange(next)));

    expect(result.verdicts.map(({ component, commit: at }) => [component, at])).toEqual([
      ['default/shop/bb-main', second],
      ['default/shop/bb-next', third],
    ]);
  });
});

describe('paths that the payload leaves out', () => {
  const gitlab = (parts: object = {}) => pushPayloads.gitlab({ total_commits_count: 35, ...parts });
  beforeEach(() => {
    samples = [
      { name: 'early', url: 'https://gitlab.com/org/repo', appPath: '/early' },
      { name: 'late', url: 'https://gitlab.com/org/repo', appPath: '/svc' },
      { name: 'never', url: 'https://gitlab.com/org/repo', appPath: '/never' },
    ];
  });

  it('come from git', async () => {
    git = async () => ['early/a', 'svc/b'];
    const result = await deliver('gitlab', gitlab());

    expect(outcomes(result)).toEqual({
      'default/shop/early': 'start',
      'default/shop/late': 'start',
      'default/shop/never': 'paths',
    });
    expect(result.paths).toEqual({ complete: true, count: 2, notes: ['main: the changed paths are from git'] });
  });

  it('come from the code host where git cannot tell', async () => {
    forge = async () => ['svc/b'];
    const result = await deliver('gitlab', gitlab({ after: third }));

    expect(outcomes(result)).toMatchObject({ 'default/shop/early': 'paths', 'default/shop/late': 'start' });
    expect(result.paths.notes).toEqual(['main: the changed paths are from the code host']);
  });

  it('count as touching everything where nobody can tell, and that is said', async () => {
    forge = async () => null;
    const result = await deliver('gitlab', gitlab({ before: third }));

    expect(Object.values(outcomes(result))).toEqual(['start', 'start', 'start']);
    expect(result.paths.complete).toBe(false);
    expect(result.paths.notes[0]).toContain('everything counts as touched (the code host is away)');
  });
});

describe('a delivery for many', () => {
  it('starts 200 components, a few at once', async () => {
    samples = Array.from({ length: 200 }, (_, at) => ({ name: `many-${at}` }));
    atOnce = { now: 0, most: 0 };
    const result = await deliver('github', pushPayloads.github());

    expect(result.acceptedMs).toBeLessThan(1_000);
    expect(new Set(result.verdicts.map(({ run }) => run)).size).toBe(200);
    expect(Object.values(outcomes(result)).every((outcome) => outcome === 'start')).toBe(true);
    expect(atOnce.most).toBeLessThanOrEqual(10);
  });
});
