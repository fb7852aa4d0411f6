import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import { type DescribedVerdict, describeDelivery } from '../../src/temporal/describe-delivery.ts';
import type { DeliveryResult } from '../../src/webhooks/accepted-delivery.ts';
import { git, pullRequests } from '../support/gitops.ts';
import { sendDelivery } from '../support/ingress.ts';
import { commit, pushPayloads } from '../support/payloads.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let server: RunningServer;
let source: string;
let token: string;

beforeAll(async () => {
  test = await startTestWorld({ tokens: { 'github-secret': 'shared' } });
  const { settings } = test.world;
  const own = { SLIPWAY_LISTEN: '127.0.0.1:0', SLIPWAY_SECRETS: `directory:${join(test.folder, 'secrets')}` };
  server = await startServer(loadServerConfig(own), temporalSettings(settings), createLogger('error'));
  source = join(test.folder, 'forge/repositories/acme/greeter.git');
  token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  await test.startWorker();
});
afterAll(async () => {
  await server?.stop();
  await test?.stop();
});

let told = 0;

/** Tells of a push as a webhook does, and says what became of its run. */
async function tell(before: string, after: string, more: object = {}): Promise<DescribedVerdict | undefined> {
  const id = `d-${++told}`;
  const head = commit({ id: after, paths: ['www/index.html'] });
  const payload = pushPayloads.github({
    before,
    after,
    commits: [head],
    head_commit: head,
    repository: { clone_url: test.world.repositories.source, pushed_at: 1 },
    ...more,
  });
  expect((await sendDelivery(server.url, 'github', payload, { secret: 'shared', id })).status).toBe(202);
  const { workflow } = test.client;
  const result = await workflow.getHandle<() => Promise<DeliveryResult>>(`delivery/github/${id}`).result();
  await workflow
    .getHandle(`run/${result.verdicts[0]?.run}`)
    .result()
    .catch(() => undefined);
  return (await describeDelivery(test.client, `github/${id}`))?.verdicts?.[0];
}

const openPullRequests = async () =>
  (await pullRequests(test.world.repositories.gitops, token)).flatMap(({ number, state }) =>
    state === 'open' ? [number] : [],
  );

it('an older push that is told late and a newer one told twice leave the newest pull request alone; a forced push replaces it', async () => {
  const base = await git(source, 'rev-parse', 'main');
  const first = await test.world.commitChange('first');
  const second = await test.world.commitChange('second');

  expect(await tell(first, second)).toMatchObject({ outcome: 'start', runOutcome: 'released' });
  const [opened] = await openPullRequests();
  expect(await tell(base, first)).toMatchObject({ outcome: 'skip', reason: 'older', runOutcome: 'superseded' });
  expect(await tell(first, second)).toMatchObject({ detail: expect.stringContaining('another delivery told of it') });
  // The same push, where its host tells nothing by which that is seen.
  const again = { repository: { clone_url: test.world.repositories.source } };
  expect(await tell(first, second, again)).toMatchObject({ outcome: 'skip', reason: 'duplicate' });
  expect(await openPullRequests()).toEqual([opened]);

  await git(source, 'update-ref', 'refs/heads/main', first);
  expect(await tell(second, first, { forced: true })).toMatchObject({ outcome: 'start', runOutcome: 'released' });
  const [replaced, ...others] = await openPullRequests();
  expect(others).toEqual([]);
  expect(replaced).not.toBe(opened);
});

it('a push that is told after it was taken back releases nothing', async () => {
  const before = await git(source, 'rev-parse', 'main');
  await tell(await git(source, 'rev-parse', 'main~1'), before);
  const opened = await openPullRequests();
  const mistake = await test.world.commitChange('mistake');
  await git(source, 'update-ref', 'refs/heads/main', before);

  expect(await tell(mistake, before, { forced: true })).toMatchObject({ outcome: 'skip', reason: 'duplicate' });
  expect(await tell(before, mistake)).toMatchObject({ outcome: 'start', runOutcome: 'failed' });
  expect(await openPullRequests()).toEqual(opened);
});
