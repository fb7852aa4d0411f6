import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { startGiteaWorld } from './gitea-world.ts';
import { accessTo, failureOf, request } from './releases.ts';

let world: Awaited<ReturnType<typeof startGiteaWorld>>;
beforeAll(async () => {
  world = await startGiteaWorld();
});
afterAll(() => world?.stop());

let counter = 0;
const newBranch = async (where = 'acme/gitops') => {
  counter += 1;
  await world.commit(where, `own-${counter}`, { [`own-${counter}`]: 'x' });
  return `own-${counter}`;
};

/** The forge of a repository at an address with a token. */
function openAt(url: string, token: string, access = accessTo(url, 'gitea')) {
  const open = createOpenForge({ findCredential: async () => ({ kind: 'token', token }), ...access });
  return open(url, 'gitops-token', 'default', new AbortController().signal);
}

/** Runs a server while something is done with its address. */
async function whileServing<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('labels and reviewers at Gitea', () => {
  it('makes a label once and uses it from then on', async () => {
    const forge = await world.open('acme/gitops');
    for (const labels of [['once'], ['once', 'twice'], ['twice', 'once']])
      expect((await forge.openPullRequest(request(await newBranch(), { labels }))).warnings).toEqual([]);
    const { body } = await world.gitea.api('GET', '/repos/acme/gitops/labels');

    expect(body.map(({ name }: { name: string }) => name).toSorted()).toEqual(['once', 'twice']);
  });

  it('warns which scope the token lacks for labels', async () => {
    const token = await world.gitea.createToken('slipway-robot', ['write:repository', 'read:user']);
    const forge = await openAt(`${world.gitea.url}/acme/gitops`, token);
    const { warnings } = await forge.openPullRequest(request(await newBranch(), { labels: ['scoped'] }));

    expect(warnings).toEqual([expect.stringMatching(/add the labels scoped.*write:issue.*required=\[write:issue\]/)]);
  });

  it('warns of a team where the repository is a person’s', async () => {
    const forge = await openAt(`${world.gitea.url}/ada/gitops`, world.tokens.robot);
    const reviewers = ['ada', 'acme/crew'];
    const { warnings } = await forge.openPullRequest(request(await newBranch('ada/gitops'), { reviewers }));

    expect(warnings).toEqual([expect.stringContaining('the team crew')]);
  });
});

it('finds an open pull request that was led to another base branch', async () => {
  const forge = await world.open('acme/gitops');
  const [head, base] = [await newBranch(), await newBranch()];
  const { pullRequest } = await forge.openPullRequest(request(head));
  await world.gitea.api('PATCH', `/repos/acme/gitops/pulls/${pullRequest.number}`, { base });

  expect(await forge.pullRequests({ head, base: 'main' })).toEqual([]);
  expect(await forge.pullRequests({ head, base: null })).toEqual([{ ...pullRequest, base }]);
});

describe('what Gitea refuses', () => {
  it('tells before the build that the token may not say whose it is', async () => {
    const token = await world.gitea.createToken('slipway-robot', ['write:repository', 'write:issue']);
    const forge = await openAt(`${world.gitea.url}/acme/secret`, token);

    expect(await failureOf(forge.pullRequests({ openAgainst: 'main' }))).toMatchObject({
      type: 'AccessDenied',
      message: expect.stringMatching(/whose token it is.*write:repository, write:issue and read:user/),
    });
  });

  it('explains an archived repository, an empty one and one that was renamed', async () => {
    const forge = async (name: string) => openAt(`${world.gitea.url}/acme/${name}`, world.gitea.adminToken);
    await world.gitea.createRepository('acme/archived');
    await world.gitea.api('PATCH', '/repos/acme/archived', { archived: true });
    await world.gitea.createRepository('acme/empty', { auto_init: false });
    await world.gitea.createRepository('acme/old');
    await world.gitea.api('PATCH', '/repos/acme/old', { name: 'new' });
    const opening = async (name: string) => failureOf((await forge(name)).openPullRequest(request('any')));

    expect(await opening('archived')).toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringMatching(/archived/),
    });
    expect(await opening('empty')).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/base branch does not exist/),
    });
    expect(await opening('old')).toMatchObject({ type: 'SourceNotFound', message: expect.stringMatching(/has moved/) });
  });

  it.each([
    [429, { 'retry-after': '42' }, { type: 'RateLimited', retryAfterMs: 42_000 }],
    [429, {}, { type: 'RateLimited', retryAfterMs: 60_000 }],
    [503, { 'retry-after': '120' }, { type: 'Unavailable', retryAfterMs: 120_000 }],
    [409, {}, { type: 'Contended' }],
    [422, {}, { type: 'PolicyRejected', message: expect.stringMatching(/refused it with 422/) }],
    [200, {}, { type: 'Unavailable', message: expect.stringMatching(/not as Gitea's API does/) }],
  ])('explains an answer of %s with %j', async (status, headers, expected) => {
    const answer: RequestListener = (_, response) =>
      response.writeHead(status, headers).end(JSON.stringify({ message: `bad ${world.tokens.robot}` }));
    const failure = await whileServing(answer, async (url) =>
      failureOf((await openAt(`${url}/acme/gitops`, world.tokens.robot)).pullRequests({ openAgainst: 'main' })),
    );

    expect(failure).toMatchObject(expected);
    expect(failure.message).not.toContain(world.tokens.robot);
  });

  it('tells that nobody answers, and ends with the reason of a cancellation', async () => {
    const gone = await openAt('http://127.0.0.1:1/acme/gitops', 'token');
    expect(await failureOf(gone.comment(1, 'x'))).toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(/was not reached/),
    });

    const controller = new AbortController();
    const reason = new Error('cancelled by the workflow');
    await whileServing(
      () => controller.abort(reason),
      async (url) => {
        const findCredential = async () => ({ kind: 'token', token: 'x' }) as const;
        const open = createOpenForge({ findCredential, ...accessTo(url, 'gitea') });
        const forge = await open(`${url}/acme/gitops`, 'gitops-token', 'default', controller.signal);
        await expect(forge.comment(1, 'x')).rejects.toBe(reason);
      },
    );
  });
});

it('speaks to a Gitea below a path', async () => {
  const proxy: RequestListener = (incoming, response) => {
    const { method, url = '', headers } = incoming;
    if (!url.startsWith('/git/tea/')) return response.writeHead(404).end();
    const onward = httpRequest(`${world.gitea.url}${url.slice('/git/tea'.length)}`, { method, headers }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)),
    );
    incoming.pipe(onward);
    return undefined;
  };
  const head = await newBranch();
  await whileServing(proxy, async (url) => {
    const { host } = new URL(url);
    const access = { httpHosts: [host], forges: [{ kind: 'gitea', host, path: '/git/tea' }] } as const;
    const forge = await openAt(`${url}/git/tea/acme/gitops.git`, world.tokens.robot, access);
    const { pullRequest } = await forge.openPullRequest(request(head));

    expect(await forge.pullRequests({ head, base: 'main' })).toEqual([pullRequest]);
  });
});

describe('changed files at Gitea', () => {
  it('are told after a forced push, too', async () => {
    const forge = await world.open('acme/gitops');
    const one = await world.commit('acme/gitops', 'forced-one', { 'one.yaml': '1' });
    const other = await world.commit('acme/gitops', 'forced-other', { 'other.yaml': '2' });

    expect((await forge.changedFiles(one, other))?.toSorted()).toEqual(['one.yaml', 'other.yaml']);
  });

  it('cannot be told when they are in too many folders', async () => {
    const forge = await world.open('acme/gitops');
    const before = await world.commit('acme/gitops', 'folders', { base: 'x' });
    const files = Array.from({ length: 100 }, (_, index) => [`folder-${index}/file`, 'x'] as const);
    const after = await world.commit('acme/gitops', 'folders', Object.fromEntries(files));

    expect(await forge.changedFiles(before, after)).toBeNull();
  });
});
