import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, newBranch, request } from './releases.ts';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.fault = undefined;
});
afterAll(() => world.stop());

describe('opening a pull request', () => {
  it('makes one with labels and reviewers, which the look-up finds again as ours', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch(world);
    const { pullRequest, warnings } = await forge.openPullRequest(
      request(head, { labels: ['release', 'greeter'], reviewers: ['ada'] }),
    );

    expect(warnings).toEqual([]);
    expect(pullRequest).toMatchObject({
      title: `Release ${head}`,
      body: 'A body',
      state: 'open',
      base: 'main',
      ours: true,
      head: { branch: head },
    });
    expect(await forge.pullRequests({ head, base: 'main' })).toEqual([pullRequest]);
    const { body } = await world.api(`/repos/acme/gitops/pulls/${pullRequest.number}`);
    expect(body.labels.map((label: { name: string }) => label.name)).toEqual(['release', 'greeter']);
    expect(body.requested_reviewers.map((user: { login: string }) => user.login)).toEqual(['ada']);
  });

  it('adopts the one that is open for that head, also in another process', async () => {
    const head = await newBranch(world);
    const first = await (await world.open('acme/gitops')).openPullRequest(request(head));
    const second = await (await world.open('acme/gitops')).openPullRequest(
      request(head, { title: 'Another title', labels: ['late'] }),
    );

    expect(second.pullRequest).toEqual(first.pullRequest);
    const { body } = await world.api(`/repos/acme/gitops/pulls/${first.pullRequest.number}`);
    expect(body.labels).toMatchObject([{ name: 'late' }]);
  });

  it('warns about reviewers that it cannot ask, and keeps the pull request and its labels', async () => {
    const forge = await world.open('acme/gitops');
    const { pullRequest, warnings } = await forge.openPullRequest(
      request(await newBranch(world), { labels: ['kept'], reviewers: ['nobody', 'acme/team'] }),
    );

    expect(pullRequest.state).toBe('open');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/nobody, acme\/team.*not a collaborator/);
    expect((await world.api(`/repos/acme/gitops/issues/${pullRequest.number}/labels`)).body).toMatchObject([
      { name: 'kept' },
    ]);
  });

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

  it('says which branch is missing', async () => {
    const forge = await world.open('acme/gitops');
    const noBase = await failureOf(forge.openPullRequest(request(await newBranch(world), { base: 'production' })));
    const noHead = await failureOf(forge.openPullRequest(request('release/never-pushed')));

    expect(noBase).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/to production.*base branch does not exist/),
    });
    expect(noHead).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/release\/never-pushed.*does not exist any more/),
    });
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

  it('is refused where pull requests are turned off', async () => {
    const failure = await failureOf(
      (await world.open('acme/closed')).openPullRequest(request(await newBranch(world, 'acme/closed'))),
    );

    expect(failure).toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringContaining('Turn on pull requests'),
    });
  });
});
