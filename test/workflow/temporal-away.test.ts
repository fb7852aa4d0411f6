import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadServerConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { sendDelivery } from '../support/ingress.ts';
import { pushPayloads } from '../support/payloads.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';
import { catalogWith } from '../unit/webhooks/matching.ts';

const count = 40;
const urlOf = (at: number) => `https://github.com/org/repo-${at}`;
const samples = Array.from({ length: count }, (_, at) => ({ name: `c-${at}`, url: urlOf(at) }));
const steps = automaticRuns({ catalog: () => catalogWith(samples) });

let folder: string;
let temporal: TestTemporal;
let workers: TestWorkers;
let server: RunningServer | undefined;

async function serve(): Promise<void> {
  const config = loadServerConfig({ SLIPWAY_SECRETS: `directory:${folder}`, SLIPWAY_LISTEN: '127.0.0.1:0' });
  const place = { connectionOptions: { address: temporal.address }, namespace: 'default' };
  // Its words about a Temporal that is away are meant for operators.
  server = await startServer(config, place, createLogger('error', join(folder, 'server.log')));
}

const send = async (at: number): Promise<number> => {
  const repository = { clone_url: `${urlOf(at)}.git`, pushed_at: 1 };
  const sent = sendDelivery(server?.url ?? '', 'github', pushPayloads.github({ repository }), {
    secret: 'x',
    id: `d-${at}`,
  });
  return sent.then(
    ({ status }) => status,
    () => 0,
  );
};

/** As a provider does, or the person who presses its button: again until it is taken in. */
async function deliver(at: number): Promise<void> {
  while ((await send(at)) !== 202) await sleep(200);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-inbox-'));
  await writeFile(join(folder, 'github-secret'), 'x');
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, steps);
  await serve();
});
afterAll(async () => {
  await server?.stop();
  await workers?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('every push starts one run, though each is told twice and server and worker are restarted meanwhile', async () => {
  const sent = samples
    .flatMap((_, at) => [at, at])
    .map(async (at, position) => {
      await sleep(position * 25);
      await deliver(at);
    });
  await sleep(500);
  await server?.stop();
  await workers.stop();
  await serve();
  await Promise.all(sent);
  workers = await startWorkers(temporal.address, steps);

  const { workflow } = workers.client;
  await Promise.all(samples.map((_, at) => workflow.getHandle(`delivery/github/d-${at}`).result()));
  const runs: string[] = [];
  // What was started is listed a moment later.
  for (let tries = 0; runs.length < count && tries < 50; tries += 1) {
    await sleep(200);
    runs.length = 0;
    for await (const run of workflow.list({ query: "WorkflowType = 'buildAndRelease'" })) runs.push(run.workflowId);
  }
  expect(runs).toHaveLength(count);
  expect(new Set(runs).size).toBe(count);
});

it('while Temporal is away it is refused in time, and taken in as soon as it is back', async () => {
  await temporal.kill();
  const began = Date.now();
  expect(await send(0)).toBe(503);
  expect(Date.now() - began).toBeLessThan(9_000);
  expect((await fetch(`${server?.url}/readyz`)).status).toBe(503);

  await temporal.restart();
  await deliver(0);
  await expect
    .poll(async () => (await fetch(`${server?.url}/readyz`)).status, { timeout: 20_000, interval: 500 })
    .toBe(200);
});
