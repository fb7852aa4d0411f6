import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bitbucketApi } from '../../support/forges/bitbucket-api.ts';
import { type EmulatedForge, startEmulatedForge } from '../../support/forges/emulated-forge.ts';
import { openEmulated, tokenOf } from '../../support/forges/open-emulated.ts';
import { failureOf, request } from './releases.ts';

let bitbucket: EmulatedForge;
beforeAll(async () => {
  bitbucket = await startEmulatedForge(bitbucketApi);
});
afterEach(() => {
  bitbucket.fault = undefined;
});
afterAll(() => bitbucket?.stop());

let counter = 0;
const newBranch = async () => {
  counter += 1;
  await bitbucket.commit('acme/gitops', `own-${counter}`, { [`own-${counter}`]: 'x' });
  return `own-${counter}`;
};
const open = (token?: string, signal?: AbortSignal) =>
  openEmulated(bitbucket, 'bitbucket', { ...(token && { token }), ...(signal && { signal }) });

describe('Bitbucket', () => {
  it('knows the pull requests of a repository’s own token, which may not ask whose it is', async () => {
    const own = await open(tokenOf('repository-token'));
    const head = await newBranch();
    await own.openPullRequest(request(head));
    const byRobot = await newBranch();
    await (await open()).openPullRequest(request(byRobot));
    const later = await open(tokenOf('repository-token'));

    expect(await later.pullRequests({ head, base: 'main' })).toMatchObject([{ ours: true }]);
    expect(await later.pullRequests({ head: byRobot, base: 'main' })).toMatchObject([{ ours: false }]);
  });

  it('takes the mail address and API token of a person', async () => {
    let sent: string | undefined;
    bitbucket.fault = () => ({ status: 401, body: { error: { message: 'not robot@acme.example:s3cret' } } });
    const { host } = new URL(bitbucket.url);
    const { createOpenForge } = await import('../../../src/forges/open-forge.ts');
    const opening = createOpenForge({
      findCredential: async () => ({ kind: 'token', token: 'robot@acme.example:s3cret' }),
      httpHosts: [host],
      forges: [{ kind: 'bitbucket', host, path: '' }],
      fetch: (url, init) => {
        sent = new Headers(init?.headers).get('authorization') ?? undefined;
        return fetch(url, init);
      },
    });
    const forge = await opening(
      `${bitbucket.url}/acme/gitops`,
      'gitops-token',
      'default',
      new AbortController().signal,
    );
    const { message } = await failureOf(forge.comment(1, 'x'));

    expect(sent).toBe(`Basic ${Buffer.from('robot@acme.example:s3cret').toString('base64')}`);
    expect(message).not.toContain('s3cret');
  });

  it('keeps title, text and earlier reviewers when it asks more', async () => {
    const forge = await open();
    const head = await newBranch();
    const { number } = (await forge.openPullRequest(request(head, { reviewers: ['ada'] }))).pullRequest;
    const reviewers = ['{14}', '557058:15'];
    expect((await forge.openPullRequest(request(head, { title: 'Other', reviewers }))).warnings).toEqual([]);

    expect(bitbucket.pulls.find((pull) => pull.number === number)).toMatchObject({
      title: `Release ${head}`,
      body: 'A body',
      reviewers: [{ login: 'ada' }, { login: 'blind' }, { login: 'repository-token' }],
    });
  });

  it('lets a pull request be that somebody merged meanwhile', async () => {
    const forge = await open();
    const { number } = (await forge.openPullRequest(request(await newBranch()))).pullRequest;
    bitbucket.fault = ({ method }) => {
      for (const pull of bitbucket.pulls) if (method === 'PUT' && pull.number === number) pull.state = 'merged';
      return null;
    };
    await forge.closePullRequest(number, 'Too late');

    expect(bitbucket.pulls.find((pull) => pull.number === number)).toMatchObject({ state: 'merged', body: 'A body' });
  });

  it('sets a status of a long context, and one without an address', async () => {
    const commit = await bitbucket.commit('acme/gitops', 'status', { status: 'x' });
    const context = `slipway/${'component-'.repeat(6)}`;
    await (await open()).setCommitStatus(commit, {
      state: 'failure',
      context,
      description: 'x'.repeat(400),
      url: null,
    });

    expect(bitbucket.statuses.at(-1)).toMatchObject({
      context,
      state: 'FAILED',
      url: expect.stringContaining(`/commits/${commit}`),
    });
  });

  it('does not follow a list to another host', async () => {
    bitbucket.fault = () => ({ status: 200, body: { values: [], next: 'https://evil.example/2.0/next' } });

    expect(await failureOf((await open()).pullRequests({ openAgainst: 'main' }))).toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('another address'),
    });
  });

  it('tells the paths after a forced push, too', async () => {
    const forge = await open();
    const one = await bitbucket.commit('acme/gitops', 'forced-one', { 'one.yaml': '1' });
    const other = await bitbucket.commit('acme/gitops', 'forced-other', { 'other.yaml': '2' });

    expect((await forge.changedFiles(one, other))?.toSorted()).toEqual(['one.yaml', 'other.yaml']);
  });

  it('tells no paths where Bitbucket gives up, and all of several pages', async () => {
    const before = await bitbucket.commit('acme/gitops', 'large', { base: 'x' });
    const files = Array.from({ length: 700 }, (_, index) => [`f-${index}`, 'x'] as const);
    const after = await bitbucket.commit('acme/gitops', 'large', Object.fromEntries(files));
    const forge = await open();
    expect(await forge.changedFiles(before, after)).toHaveLength(700);

    bitbucket.fault = () => ({ status: 555, body: {} });
    expect(await forge.changedFiles(before, after)).toBeNull();
  });

  const scopes = { error: { message: 'lacks scopes', detail: { required: ['pullrequest:write'] } } };
  it.each([
    [
      401,
      {},
      { error: { message: 'Token is invalid' } },
      'AccessDenied',
      /repository:write and pullrequest:write.*Token is invalid/,
    ],
    [403, {}, scopes, 'AccessDenied', /may not do that.*"required":\["pullrequest:write"\]/],
    [404, {}, {}, 'SourceNotFound', /answers 404 for both/],
    [409, {}, {}, 'Contended', /at the same time/],
    [
      400,
      {},
      { error: { message: 'Bad request', fields: { title: ['too long'] } } },
      'PolicyRejected',
      /Bad request.*title/,
    ],
    [429, { 'retry-after': '42' }, {}, 'RateLimited', /limits how often/],
    [429, {}, {}, 'RateLimited', /limits how often/],
    [503, {}, {}, 'Unavailable', /answered 503/],
    [200, {}, {}, 'Unavailable', /not as Bitbucket's API does/],
  ])('explains an answer of %s with %j and %j', async (status, headers, body, type, message) => {
    bitbucket.fault = () => ({ status, headers, body });
    const failure = await failureOf((await open()).pullRequests({ openAgainst: 'main' }));

    expect(failure).toMatchObject({ type, message: expect.stringMatching(message) });
    if (status === 429) expect(failure.retryAfterMs).toBe('retry-after' in headers ? 42_000 : 60_000);
  });
});
