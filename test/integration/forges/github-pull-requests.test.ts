import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { newBranch, request } from './releases.ts';
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
  it('is not ours when a person opened it or it comes from a fork', async () => {
    const head = await newBranch(world);
    await world.commit('ada/gitops', head, 'fork.yaml', 'fork: true\n', 'main');
    const fromFork = await world.api('/repos/acme/gitops/pulls', {
      method: 'POST',
      token: tokens.slipway,
      body: { title: 'From a fork', head: `ada:${head}`, base: 'main' },
    });
    const byPerson = await (await world.open('acme/gitops', tokens.ada)).openPullRequest(request(head));
    const forge = await world.open('acme/gitops');

    expect(fromFork.status).toBe(201);
    expect(await forge.pullRequests({ head, base: 'main' })).toEqual([{ ...byPerson.pullRequest, ours: false }]);
    const open = await forge.pullRequests({ openAgainst: 'main' });
    expect(open.filter((pull) => pull.head.branch === head).map((pull) => pull.ours)).toEqual([false, false]);
  });

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

describe('the life of a pull request', () => {
  it('is found in every state, newest first', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch(world);
    const first = (await forge.openPullRequest(request(head))).pullRequest;
    await forge.comment(first.number, 'Replaced by a newer one.');
    await forge.closePullRequest(first.number, 'Closed by us');
    await forge.closePullRequest(first.number, 'Closed by us');
    const second = (await forge.openPullRequest(request(head))).pullRequest;
    await world.api(`/repos/acme/gitops/pulls/${second.number}/merge`, { method: 'PUT', token: tokens.ada });

    const found = await forge.pullRequests({ head, base: 'main' });

    expect(found.map(({ number, state, ours }) => ({ number, state, ours }))).toEqual([
      { number: second.number, state: 'merged', ours: true },
      { number: first.number, state: 'closed', ours: true },
    ]);
    expect(found.map((pull) => pull.body)).toEqual(['A body', 'Closed by us']);
    expect((await world.api(`/repos/acme/gitops/issues/${first.number}/comments`)).body).toMatchObject([
      { body: 'Replaced by a newer one.', user: { login: 'slipway-robot' } },
    ]);
  });

  it('lists more open ones than one page holds', async () => {
    const base = 'many';
    await world.commit('acme/gitops', base, 'many.yaml', 'many: 0\n', 'main');
    for (let number = 0; number < 103; number += 1) {
      await world.commit('acme/gitops', `many-${number}`, 'many.yaml', `many: ${number + 1}\n`, base);
      await world.api('/repos/acme/gitops/pulls', {
        method: 'POST',
        token: tokens.ada,
        body: { title: `${number}`, head: `many-${number}`, base },
      });
    }

    const open = await (await world.open('acme/gitops')).pullRequests({ openAgainst: base });

    expect(open.map((pull) => pull.title)).toEqual(Array.from({ length: 103 }, (_, index) => `${102 - index}`));
  });
});
