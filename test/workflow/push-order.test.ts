import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { describeDelivery } from '../../src/temporal/describe-delivery.ts';
import { runWorkflowId } from '../../src/temporal/names.ts';
import type { DeliveryResult } from '../../src/webhooks/accepted-delivery.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { type BranchHistory, branchHistory, type HistoryCommit } from '../support/branch-history.ts';
import { sendDelivery } from '../support/ingress.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';
import { catalogWith } from '../unit/webhooks/matching.ts';

/** A push as `before>after`. */
type Move = readonly [before: string, after: string];

const linear: readonly HistoryCommit[] = [
  { name: 'c0', parent: null, paths: [] },
  { name: 'c1', parent: 'c0', paths: ['a/x'] },
  { name: 'c2', parent: 'c1', paths: ['b/x'] },
  { name: 'c3', parent: 'c2', paths: ['a/y', 'b/y'] },
];
const pushes: readonly Move[] = [
  ['c0', 'c1'],
  ['c1', 'c2'],
  ['c2', 'c3'],
];
const orders = permutations([0, 1, 2]);

const forked: readonly HistoryCommit[] = [
  { name: 'c0', parent: null, paths: ['a/x'] },
  { name: 'c1', parent: 'c0', paths: ['a/x'] },
  { name: 'c2', parent: 'c1', paths: ['a/x'] },
  { name: 'x2', parent: 'c1', paths: ['a/x'] },
  { name: 'x3', parent: 'x2', paths: ['a/x'] },
];
const forcedPushes: readonly (readonly [what: string, told: string, ends: string])[] = [
  ['back to an older commit', 'c0>c1 c1>c2 c2>c1', 'released released released'],
  ['back, and forth again', 'c0>c1 c1>c2 c2>c1 c1>c2', 'released released released released'],
  ['to another commit', 'c0>c1 c1>c2 c2>x2', 'released released released'],
  ['told before the push that it undoes', 'c0>c1 c2>x2 c1>c2', 'released released older'],
  ['and its successor, told before all others', 'x2>x3 c2>x2 c1>c2 c0>c1', 'released older older older'],
  ['told twice', 'c0>c1 c1>c2 c2>x2 c2>x2', 'released released released duplicate'],
];

const repositories = [
  ...orders.map((_, at) => branchHistory(`linear-${at}`, linear)),
  ...forcedPushes.map((_, at) => branchHistory(`forced-${at}`, forked)),
];
const componentsOf = ({ url }: BranchHistory) => ['a', 'b'].map((name) => `${url.split('/').at(-1)}-${name}`);
const catalog = catalogWith(
  repositories.flatMap((repository) =>
    componentsOf(repository).map((name) => ({ name, url: repository.url, appPath: `/${name.at(-1)}` })),
  ),
);

/** Commits whose pull requests were opened, by component. */
const opened: { component: string; commit: string }[] = [];
let folder: string;
let temporal: TestTemporal;
let workers: TestWorkers;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-order-'));
  await writeFile(join(folder, 'gitea-secret'), 'x');
  temporal = await startTemporal();
  const steps = automaticRuns({
    catalog: () => catalog,
    changedPaths: async (_remote, _before, after) => repositories.flatMap((one) => one.paths(after) ?? []),
    queue: { idle: '1 hour' },
  });
  workers = await startWorkers(temporal.address, {
    ...steps,
    compareCommits: async ({ commit, other }) =>
      repositories.map((one) => one.relation(commit, other)).find((relation) => relation !== null) ?? 'unrelated',
    async createPullRequest(input) {
      opened.push({ component: input.plan.component, commit: input.plan.source.commit ?? '' });
      return steps.createPullRequest(input);
    },
  });
  const config = loadServerConfig({ SLIPWAY_SECRETS: `directory:${folder}`, SLIPWAY_LISTEN: '127.0.0.1:0' });
  const place = { connectionOptions: { address: temporal.address }, namespace: 'default' };
  server = await startServer(config, place, createLogger('error'));
});
afterAll(async () => {
  await server?.stop();
  await workers?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

let told = 0;

/** Tells of a push as one more webhook does, waits until its runs have ended, and says for each component how, or why there was none. */
async function tell(repository: BranchHistory, [before, after]: Move): Promise<readonly string[]> {
  const id = `d-${++told}`;
  const sent = await sendDelivery(server.url, 'gitea', repository.payload(before, after), { secret: 'x', id });
  expect(sent.status).toBe(202);
  const { workflow } = workers.client;
  const result = await workflow.getHandle<() => Promise<DeliveryResult>>(`delivery/gitea/${id}`).result();
  for (const { run } of result.verdicts) {
    const [namespace = '', name = ''] = run?.split('/') ?? [];
    if (run !== null) await workflow.getHandle<() => Promise<RunResult>>(runWorkflowId(namespace, name)).result();
  }
  const described = await describeDelivery(workers.client, `gitea/${id}`);
  return componentsOf(repository).map((name) => {
    const verdict = described?.verdicts?.find(({ component }) => component.endsWith(`/${name}`));
    return verdict?.outcome === 'start' ? (verdict.runOutcome ?? 'none') : (verdict?.reason ?? 'none');
  });
}

const openedOf = (repository: BranchHistory, component: string) =>
  opened.flatMap((one) => (one.component === component ? [repository.name(one.commit)] : []));

describe.concurrent('three pushes, each by two webhooks', () => {
  it.each(orders.map((order, at) => [order.map((push) => `c${push + 1}`).join(' '), order, at] as const))(
    'told as %s, then all again: each component ends at its own newest commit',
    async (_, order, at) => {
      const repository = repositories[at];
      if (repository === undefined) throw new Error('there is one for each order');
      const newest: Record<string, number> = { a: -1, b: -1 };
      for (const push of [...order, ...order.toReversed()]) {
        const move = pushes[push];
        const paths = linear[push + 1]?.paths ?? [];
        if (move === undefined) throw new Error('there are three');
        const expected = ['a', 'b'].map((component) => {
          if (!paths.some((path) => path.startsWith(component))) return 'paths';
          const last = newest[component] ?? -1;
          newest[component] = Math.max(last, push);
          return push > last ? 'released' : push === last ? 'duplicate' : 'older';
        });
        expect(await tell(repository, move), `c${push + 1}`).toEqual(expected);
      }
      const [a = '', b = ''] = componentsOf(repository);
      expect([openedOf(repository, a).at(-1), openedOf(repository, b).at(-1)]).toEqual(['c3', 'c3']);
    },
  );
});

describe.concurrent('a forced push', () => {
  it.each(forcedPushes.map((one, at) => [...one, at] as const))('%s: %s', async (_, moves, ends, at) => {
    const repository = repositories[orders.length + at];
    if (repository === undefined) throw new Error('there is one for each case');
    const found: (string | undefined)[] = [];
    for (const move of moves.split(' ')) {
      const [before = '', after = ''] = move.split('>');
      found.push((await tell(repository, [before, after]))[0]);
    }
    expect(found.join(' ')).toBe(ends);
  });
});

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((first) => permutations(items.filter((one) => one !== first)).map((rest) => [first, ...rest]));
}
