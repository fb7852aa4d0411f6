import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { choosePorts } from '../../src/embedded/ports.ts';
import { type ServerProcess, startProcess } from '../../src/embedded/processes.ts';
import { connectClient, type TemporalClient } from '../../src/temporal/connect.ts';
import { listDeliveries } from '../../src/temporal/list-deliveries.ts';
import { listRuns } from '../../src/temporal/list-runs.ts';
import { sendDelivery } from '../support/ingress.ts';
import {
  findCommit,
  type StormPush,
  stormComponents,
  stormPayload,
  stormPushes,
  stormRun,
} from '../support/storm-pushes.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';

const everyMs = 10;
let folder: string;
let opened: string;
let temporal: TestTemporal;
let connected: TemporalClient;
let url: string;
const running = new Map<'server' | 'worker', ServerProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-storm-'));
  opened = join(folder, 'opened');
  await mkdir(join(folder, 'secrets'));
  await writeFile(join(folder, 'secrets/github-secret'), 'x');
  const { server: port } = await choosePorts(join(folder, 'ports.json'), ['server']);
  url = `http://127.0.0.1:${port}`;
  temporal = await startTemporal();
  connected = await connectClient({ connectionOptions: { address: temporal.address }, namespace: 'default' });
  await Promise.all([start('worker'), start('server')]);
});
afterAll(async () => {
  await connected?.connection.close();
  await Promise.all([...running.values()].map((one) => one.stop()));
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Each is a process of its own, so that it can be killed. */
async function start(name: 'server' | 'worker'): Promise<void> {
  const { PATH, HOME } = process.env;
  const common = { name, command: process.execPath, readyWithinSeconds: 60 };
  const started = await startProcess(
    folder,
    name === 'server'
      ? {
          ...common,
          args: ['src/cli.ts', 'serve'],
          environment: {
            PATH,
            HOME,
            TEMPORAL_ADDRESS: temporal.address,
            SLIPWAY_LISTEN: url.replace('http://', ''),
            SLIPWAY_SECRETS: `directory:${join(folder, 'secrets')}`,
            SLIPWAY_LOG_LEVEL: 'error',
          },
          isReady: async (signal) => (await fetch(`${url}/healthz`, { signal })).ok,
        }
      : {
          ...common,
          args: ['test/support/storm-worker.ts', temporal.address, opened],
          environment: { PATH, HOME },
          isReady: async () => (await readFile(join(folder, 'worker.log'), 'utf8')).includes('ready'),
        },
  );
  running.set(name, started);
}

/** As a supervisor does: a Temporal that has much to do refuses a worker now and then. */
async function killAndStart(name: 'server' | 'worker', awayMs: number): Promise<void> {
  await running.get(name)?.kill();
  for (let tries = 5; tries > 0; tries -= 1) {
    await sleep(awayMs);
    const problem = await start(name).catch((error: unknown) => error);
    if (problem === undefined) return;
    if (tries === 1) throw problem;
  }
}

interface Told {
  readonly push: StormPush;
  readonly id: string;
}

/** Every push is told twice: the even ones again under the same id, the others by a second webhook. */
const deliveries = stormPushes
  .flatMap((push): Told[] => {
    const { position, commit } = push;
    return [
      { push, id: `one-${commit}` },
      { push, id: position % 2 === 0 ? `one-${commit}` : `two-${commit}` },
    ];
  })
  .map((told, at) => ({ told, place: createHash('sha1').update(`${at}`).digest('hex') }))
  .toSorted((a, b) => (a.place < b.place ? -1 : 1))
  .map(({ told }) => told);
/** Told once more when their runs are long over. */
const late = stormPushes.flatMap((push): Told[] => (push.position === 5 ? [{ push, id: `late-${push.commit}` }] : []));
const ids = new Set([...deliveries, ...late].map(({ id }) => `github/${id}`));

/** As a provider does, or the person who presses its button: again until it is taken in. */
async function deliver({ push, id }: Told): Promise<void> {
  for (;;) {
    const answer = await sendDelivery(url, 'github', stormPayload(push), { secret: 'x', id }).catch(() => null);
    if (answer?.status === 202) return;
    if (answer !== null && answer.status !== 503) throw new Error(`${id} was answered ${answer.status}`);
    await sleep(300);
  }
}

async function untilAllEnded({ workflow }: Client): Promise<void> {
  const open = "WorkflowType IN ('handleDelivery', 'buildAndRelease') AND ExecutionStatus = 'Running'";
  // What was started or ended is listed a moment later.
  for (let quiet = 0; quiet < 3; quiet = (await workflow.count(open)).count === 0 ? quiet + 1 : 0) await sleep(500);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

it('1,000 deliveries at 100 a second, out of order and each push twice, become one run a push while server and worker are killed', async () => {
  const { client } = connected;
  let sent = false;
  const sending = Promise.all(
    deliveries.map(async (told, at) => {
      await sleep(at * everyMs);
      await deliver(told);
    }),
  ).finally(() => {
    sent = true;
  });
  let kills = 0;
  while (!sent || kills < 4) {
    await sleep(1_000);
    await killAndStart('server', 500);
    await sleep(1_000);
    await killAndStart('worker', 100);
    kills += 2;
  }
  await sending;
  await untilAllEnded(client);
  await Promise.all(late.map(deliver));
  await untilAllEnded(client);

  const handled = await all(listDeliveries(client));
  expect(handled).toHaveLength(ids.size);
  expect(new Set(handled.map(({ id }) => id))).toEqual(ids);
  expect(handled.filter(({ counts }) => counts?.started !== 1 || counts.failed !== 0)).toEqual([]);

  const runs = await all(listRuns(client, {}));
  expect(runs).toHaveLength(stormPushes.length);
  expect(new Set(runs.map(({ workflowId }) => workflowId))).toEqual(new Set(stormPushes.map(stormRun)));
  expect(runs.filter(({ outcome }) => outcome !== 'released' && outcome !== 'superseded')).toEqual([]);

  const commits = (await readFile(opened, 'utf8')).trim().split('\n').map(findCommit);
  for (const component of stormComponents) {
    const positions = commits.flatMap((push) => (push.component === component ? [push.position] : []));
    expect(positions, `pull requests of ${component}`).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions.at(-1)).toBe(10);
  }
}, 600_000);
