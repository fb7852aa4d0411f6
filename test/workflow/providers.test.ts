import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { describeDelivery } from '../../src/temporal/describe-delivery.ts';
import { type ProviderName, providerNames } from '../../src/webhooks/delivery.ts';
import { automaticRuns } from '../support/automatic-runs.ts';
import { sendDelivery } from '../support/ingress.ts';
import { pushPayloads, second } from '../support/payloads.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';
import { catalogWith } from '../unit/webhooks/matching.ts';

const repositories: Readonly<Record<ProviderName, string>> = {
  github: 'https://github.com/org/repo',
  gitlab: 'https://gitlab.com/org/repo',
  bitbucket: 'https://bitbucket.org/org/repo',
  gitea: 'https://git.acme.io/org/repo',
};
const secret = 'a secret of this provider';

let temporal: TestTemporal;
let workers: TestWorkers;
let server: RunningServer;
let folder: string;

beforeAll(async () => {
  [temporal, folder] = await Promise.all([startTemporal(), mkdtemp(join(tmpdir(), 'providers-'))]);
  for (const provider of providerNames) await writeFile(join(folder, `${provider}-secret`), `${secret}\n`);
  const samples = providerNames.flatMap((provider) => [
    { name: `${provider}-touched`, url: repositories[provider] },
    { name: `${provider}-other`, url: repositories[provider], appPath: '/other' },
    { name: `${provider}-next`, url: repositories[provider], branch: 'next' },
  ]);
  const catalog = catalogWith(samples);
  const changedPaths = async () => ['svc/main.go'];
  workers = await startWorkers(temporal.address, automaticRuns({ catalog: () => catalog, changedPaths }));
  const settings = { SLIPWAY_LISTEN: '127.0.0.1:0', SLIPWAY_SECRETS: `directory:${folder}` };
  const to = { connectionOptions: { address: temporal.address }, namespace: 'default' };
  server = await startServer(loadServerConfig(settings), to, createLogger('error'));
});
afterAll(async () => {
  await server?.stop();
  await workers?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

it.each(providerNames)('a signed push of %s starts the run of the component that it touches', async (provider) => {
  const payload = pushPayloads[provider]();
  const refused = await sendDelivery(server.url, provider, payload, { secret: 'another', id: 'refused' });
  const taken = await sendDelivery(server.url, provider, payload, { secret, id: 'taken' });

  expect([refused.status, taken.status]).toEqual([401, 202]);
  const id = `${provider}/taken`;
  expect(taken.body).toEqual({ delivery: id });
  const { workflow } = workers.client;
  await workflow.getHandle(`delivery/${id}`).result();
  const all = (await describeDelivery(workers.client, id))?.verdicts ?? [];
  // Repositories of that name are on the other hosts, too.
  const verdicts = all.filter(({ reason }) => reason !== 'other-repository');
  expect(verdicts.map(({ component, reason }) => [component, reason])).toEqual([
    [`default/shop/${provider}-touched`, 'matched'],
    [`default/shop/${provider}-other`, 'paths'],
    [`default/shop/${provider}-next`, 'branch'],
  ]);
  const run = workflow.getHandle(`run/${verdicts[0]?.run}`);
  expect(await run.result()).toMatchObject({ outcome: 'released', commit: second });
});
