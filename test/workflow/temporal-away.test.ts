import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { sendDelivery } from '../support/ingress.ts';
import { pushPayloads } from '../support/payloads.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';

let folder: string;
let temporal: TestTemporal;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-inbox-'));
  await writeFile(join(folder, 'github-secret'), 'x');
  temporal = await startTemporal();
  const config = loadServerConfig({ SLIPWAY_SECRETS: `directory:${folder}`, SLIPWAY_LISTEN: '127.0.0.1:0' });
  const place = { connectionOptions: { address: temporal.address }, namespace: 'default' };
  // Its words about a Temporal that is away are meant for operators.
  server = await startServer(config, place, createLogger('error', { file: join(folder, 'server.log') }));
});
afterAll(async () => {
  await server?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

const send = async () =>
  (await sendDelivery(server.url, 'github', pushPayloads.github(), { secret: 'x', id: 'd' })).status;
const readiness = async () => (await fetch(`${server.url}/readyz`)).status;

it('a delivery is refused while its sender still waits, and taken in as soon as Temporal is back', async () => {
  expect(await send()).toBe(202);
  await temporal.kill();
  const began = Date.now();
  expect(await send()).toBe(503);
  // Gitea waits five seconds.
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(await readiness()).toBe(503);

  await temporal.restart();
  await expect.poll(send, { timeout: 30_000, interval: 200 }).toBe(202);
  await expect.poll(readiness, { timeout: 60_000, interval: 500 }).toBe(200);
});
