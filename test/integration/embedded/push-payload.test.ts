import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repositoryFolder } from '../../../src/embedded/forge/repositories.ts';
import { sendPush } from '../../../src/embedded/forge/send-push.ts';
import { authenticate } from '../../../src/webhooks/authenticate.ts';
import type { Headers, Push } from '../../../src/webhooks/delivery.ts';
import { readDelivery } from '../../../src/webhooks/read-delivery.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const nothing = '0'.repeat(40);
const secret = 'shared';

let source: GitServer;
let folder: string;
let commits: { first: string; second: string; third: string; other: string };
let told: { headers: Headers; body: Buffer };
const receiver = createServer(async (request, response) => {
  told = { headers: request.headers as Headers, body: await buffer(request) };
  response.writeHead(202).end('taken');
});

beforeAll(async () => {
  source = await startGitServer();
  folder = await mkdtemp(join(tmpdir(), 'push-payload-'));
  const first = (await source.createRepository('acme/api')).commit;
  const second = await source.commitTo('acme/api', 'main', { 'svc/ü b': '1\n', 'svc/old': '1\n' }, 'Second');
  const third = await source.commitTo('acme/api', 'main', { 'svc/old': null, 'svc/ü b': '2\n' }, 'Third\n\n[skip ci]');
  const other = await source.commitTo('acme/api', 'other', { other: '1\n' }, 'Other', { from: first });
  commits = { first, second, third, other };
  const place = repositoryFolder(folder, 'acme/api');
  await cp(join(source.root, 'acme/api.git'), place, { recursive: true });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  receiver.close();
  await source?.close();
  await rm(folder, { recursive: true, force: true });
});

async function tell(before: string, after: string): Promise<ReturnType<typeof readDelivery>> {
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const event = { repository: 'acme/api', ref: 'refs/heads/main', before, after, pusher: 'ada' };
  const answer = await sendPush({ folder, forgeUrl: 'http://forge.example:3000', address, secret }, event);
  expect(answer).toEqual({ status: 202, text: 'taken' });
  const signed = { ...told, receivedAt: Date.now() };
  expect(authenticate('github', signed, [{ namespace: null, value: secret }])).toBeDefined();
  expect(authenticate('github', signed, [{ namespace: null, value: 'other' }])).toBeUndefined();
  return readDelivery('github', told.headers, told.body);
}

it('tells a push so that it is read as one of GitHub, with all of its paths', async () => {
  const push = (await tell(commits.first, commits.third)) as Push;

  expect(push).toMatchObject({
    event: 'push',
    urls: ['http://forge.example:3000/acme/api.git', 'http://forge.example:3000/acme/api'],
    actor: 'ada',
    changes: [{ branch: 'main', before: commits.first, after: commits.third, forced: false, skipMarker: '[skip ci]' }],
  });
  expect(push.changes[0]?.paths).toMatchObject({ complete: true, proven: true });
  expect(push.changes[0]?.paths.list.toSorted()).toEqual(['svc/old', 'svc/ü b']);
});

it('tells forced pushes, new branches and deleted ones as such', async () => {
  expect(await tell(commits.third, commits.other)).toMatchObject({
    changes: [{ forced: true, paths: { complete: false } }],
  });
  expect(await tell(nothing, commits.second)).toMatchObject({ changes: [{ before: null, after: commits.second }] });
  expect(await tell(commits.third, nothing)).toMatchObject({ ignored: 'branch-deleted' });
});
