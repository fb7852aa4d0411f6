import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitSampleChange, type SeedOptions, seedRepositories } from '../../src/embedded/samples/repositories.ts';
import { createLogger } from '../../src/logger.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import type { DeliveryDescription } from '../../src/temporal/describe-delivery.ts';
import { listDeliveries } from '../../src/temporal/list-deliveries.ts';
import { type Gitea, startGitea } from '../support/gitea.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const run = promisify(execFile);
let test: TestWorld;
let gitea: Gitea;
let server: RunningServer;
let samples: SeedOptions;
/** The pull request of the first push. */
let opened: number;

// A real Gitea tells of its pushes; Temporal and the registry are the embedded world's.
beforeAll(async () => {
  [test, gitea] = await Promise.all([
    startTestWorld({ tokens: { 'gitea-secret': 'shared', 'api-token': 'ask' } }),
    startGitea(),
  ]);
  const { settings } = test.world;
  const registry = settings['SLIPWAY_REGISTRY_HTTP_HOSTS'] ?? '';
  samples = {
    git: 'git',
    folder: join(test.folder, 'samples'),
    environment: process.env,
    addresses: { forgeUrl: gitea.url, registry },
  };
  await seedRepositories(samples);
  const own = {
    ...settings,
    SLIPWAY_LISTEN: '127.0.0.1:0',
    SLIPWAY_SECRETS: `directory:${join(test.folder, 'secrets')}`,
  };
  server = await startServer(loadServerConfig(own), temporalSettings(settings), createLogger('error'));
  const robot = await gitea.createUser('slipway-robot', ['write:repository', 'write:issue', 'read:user']);
  for (const name of ['greeter', 'gitops']) {
    await gitea.createRepository(`acme/${name}`, { private: true, auto_init: false });
    await gitea.api('PUT', `/repos/acme/${name}/collaborators/slipway-robot`, { permission: 'write' });
    await push(name);
  }
  for (const key of ['git-token', 'gitops-token']) {
    await writeFile(join(test.folder, 'secrets', `${key}.${gitea.host.replace(':', '_')}`), robot);
  }
  const { status } = await gitea.api('POST', '/orgs/acme/hooks', {
    type: 'gitea',
    active: true,
    events: ['push'],
    config: { url: `${server.url}/api/v1/webhooks/gitea`, content_type: 'json', secret: 'shared' },
  });
  if (status !== 201) throw new Error(`the webhook was not made: ${status}`);
  await test.startWorker({
    SLIPWAY_CATALOG: `gitops:${gitea.url}/acme/gitops#main`,
    SLIPWAY_FORGES: `${gitea.host}=gitea`,
    SLIPWAY_HTTP_HOSTS: gitea.host,
  });
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([test?.stop(), gitea?.stop()]);
});

async function push(name: string): Promise<void> {
  const remote = `${gitea.url.replace('//', `//x:${gitea.adminToken}@`)}/acme/${name}.git`;
  await run('git', ['--git-dir', join(samples.folder, `acme/${name}.git`), 'push', '--quiet', remote, 'main']);
}

/** The delivery that told of a commit, as soon as it is handled; by the way that other programs take. */
async function delivered(commit: string): Promise<DeliveryDescription> {
  for (;;) {
    for await (const { id, state, commit: told } of listDeliveries(test.client)) {
      if (told !== commit || state === 'handling') continue;
      const headers = { authorization: 'Bearer ask' };
      return (await (await fetch(`${server.url}/api/v1/deliveries/${id}`, { headers })).json()) as DeliveryDescription;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function released({ verdicts }: DeliveryDescription): Promise<RunResult> {
  const [verdict] = verdicts ?? [];
  return (await test.client.workflow.getHandle(`run/${verdict?.run}`).result()) as RunResult;
}

it('a push becomes a run and a pull request, without anybody else doing anything', async () => {
  const commit = await commitSampleChange(samples, 'first');
  await push('greeter');
  const delivery = await delivered(commit);

  expect(delivery).toMatchObject({
    state: 'handled',
    repository: `${gitea.url}/acme/greeter.git`,
    counts: { started: 1, skipped: 0, failed: 0 },
    verdicts: [{ component: 'default/demo/greeter', outcome: 'start', reason: 'matched', commit }],
  });
  const result = await released(delivery);
  expect(result).toMatchObject({ outcome: 'released', commit, pullRequest: { number: expect.any(Number) } });
  opened = result.pullRequest?.number ?? 0;
});

it('its merge starts nothing, and the next push becomes the next pull request', async () => {
  await gitea.merge('acme/gitops', opened);
  const { body } = await gitea.api('GET', '/repos/acme/gitops/branches/main');
  expect(await delivered(body.commit.id)).toMatchObject({ verdicts: [] });

  const commit = await commitSampleChange(samples, 'second');
  await push('greeter');
  expect(await released(await delivered(commit))).toMatchObject({
    outcome: 'released',
    commit,
    pullRequest: { number: expect.any(Number) },
  });
});

it('is told only to those who have the token', async () => {
  expect((await fetch(`${server.url}/api/v1/deliveries/gitea/x`)).status).toBe(401);
  const headers = { authorization: 'Bearer ask' };
  expect((await fetch(`${server.url}/api/v1/deliveries/gitea/x`, { headers })).status).toBe(404);
});

it('is listed, shown and handled again by commands', async () => {
  const newest = (await cli('delivery', 'list', '--json')).split('\n').find((text) => text.includes('/greeter.git'));
  const { id } = JSON.parse(newest ?? '');
  expect(await cli('delivery', 'get', id)).toMatch(
    /start +default\/demo\/greeter +matched: .*\n +run default\/greeter-.*: released/s,
  );

  expect(await cli('delivery', 'replay', id)).toBe(`${id} is handled again.\n`);
  for (;;) {
    const again = JSON.parse(await cli('delivery', 'get', id, '--json'));
    if (again.state === 'handling') continue;
    // Its run ended well, so it was only found.
    expect(again).toMatchObject({ verdicts: [{ outcome: 'start', runOutcome: 'released' }] });
    break;
  }
  await expect(cli('delivery', 'get', 'gitea/none')).rejects.toMatchObject({ code: 1 });
});

async function cli(...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...test.world.settings };
  return (await run(process.execPath, ['src/cli.ts', ...args], { env })).stdout;
}
