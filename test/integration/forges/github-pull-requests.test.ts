import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { failureOf, newBranch, request } from './releases.ts';
import { startWorld, type TestWorld, tokens } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.fault = undefined;
});
afterAll(() => world.stop());

describe('whose pull request it is', () => {
  it('is filtered here too when a server ignores the filters', async () => {
    const head = await newBranch(world);
    const { pullRequest } = await (await world.open('acme/gitops')).openPullRequest(request(head));
    const ignoring: typeof fetch = (input, init) => {
      const url = new URL(String(input));
      for (const filter of ['head', 'base']) url.searchParams.delete(filter);
      if (url.searchParams.has('state')) url.searchParams.set('state', 'all');
      return fetch(url, init);
    };
    const open = createOpenForge({
      findCredential: async () => ({ kind: 'token', token: tokens.slipway }),
      ...world.access(),
      fetch: ignoring,
    });
    const forge = await open(
      `${world.forge().url}/acme/gitops`,
      'gitops-token',
      'default',
      new AbortController().signal,
    );
    await forge.closePullRequest(pullRequest.number, 'Closed by us');

    expect((await forge.pullRequests({ head, base: 'main' })).map((pull) => pull.number)).toEqual([pullRequest.number]);
    expect((await forge.pullRequests({ openAgainst: 'main' })).some((pull) => pull.number === pullRequest.number)).toBe(
      false,
    );
  });

  it('is ours by an app that may not ask who it is, but not when a user opened it', async () => {
    const byApp = await newBranch(world);
    const byUser = await newBranch(world);
    await (await world.open('acme/gitops', tokens.app)).openPullRequest(request(byApp));
    await (await world.open('acme/gitops', tokens.slipway)).openPullRequest(request(byUser));
    const fresh = await world.open('acme/gitops', tokens.app);

    expect((await fresh.pullRequests({ head: byApp, base: 'main' })).map((pull) => pull.ours)).toEqual([true]);
    expect((await fresh.pullRequests({ head: byUser, base: 'main' })).map((pull) => pull.ours)).toEqual([false]);
  });

  it("is ours by the bot of the GitHub App that made the token, and not by another App's", async () => {
    const head = await newBranch(world);
    const openBy = (slug: string) => {
      const findCredential = async () => ({ kind: 'token', token: tokens.app, app: { id: '1', slug } }) as const;
      const open = createOpenForge({ findCredential, ...world.access() });
      return open(`${world.forge().url}/acme/gitops`, 'gitops-token', 'default', new AbortController().signal);
    };
    await (await openBy('slipway')).openPullRequest(request(head));
    const oursBy = async (slug: string) =>
      (await (await openBy(slug)).pullRequests({ head, base: 'main' })).map(({ ours }) => ours);

    expect(await oursBy('slipway')).toEqual([true]);
    expect(await oursBy('renovate')).toEqual([false]);
  });

  it('is asked for once for each token', async () => {
    const asked: string[] = [];
    world.fault = ({ path, login }) => {
      if (path === '/user') asked.push(login ?? '');
      return undefined;
    };
    const open = createOpenForge({
      findCredential: async (_key, _url, namespace) => ({
        kind: 'token',
        token: namespace === 'a' ? tokens.slipway : tokens.ada,
      }),
      ...world.access(),
    });
    const head = await newBranch(world);
    await (await world.open('acme/gitops')).openPullRequest(request(head));
    for (const namespace of ['a', 'a', 'b', 'b']) {
      const forge = await open(
        `${world.forge().url}/acme/gitops`,
        'gitops-token',
        namespace,
        new AbortController().signal,
      );
      await forge.pullRequests({ head, base: 'main' });
    }

    expect(asked).toEqual(['slipway-robot', 'ada']);
  });
});

describe('opening a pull request', () => {
  it('does not hide a rate limit or an outage while adding labels', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch(world);
    world.fault = ({ path }) =>
      path.endsWith('/labels') ? { kind: 'secondaryLimit', retryAfterSeconds: 7 } : undefined;
    expect((await failureOf(forge.openPullRequest(request(head, { labels: ['x'] })))).type).toBe('RateLimited');
    world.fault = ({ path }) =>
      path.endsWith('/labels') ? { kind: 'answer', status: 502, message: 'Bad gateway' } : undefined;
    expect((await failureOf(forge.openPullRequest(request(head, { labels: ['x'] })))).type).toBe('Unavailable');
    world.fault = undefined;
    expect((await forge.openPullRequest(request(head, { labels: ['x'] }))).warnings).toEqual([]);
  });

  it('is refused when there is nothing to merge', async () => {
    const forge = await world.open('acme/gitops');
    await world.commit('acme/gitops', 'same', 'x', 'x', 'main');
    await world.commit('acme/gitops', 'same-base', 'x', 'x', 'same');

    const failure = await failureOf(forge.openPullRequest(request('same', { base: 'same-base' })));

    expect(failure).toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringContaining('No commits between same-base and same'),
    });
  });
});
