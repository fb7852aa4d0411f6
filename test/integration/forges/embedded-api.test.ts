import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, startWorld, type TestWorld, tokens } from './world.ts';

const zeros = '0'.repeat(40);
let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function openPull(head: string, more: Json = {}): Promise<Json> {
  const { body } = await world.api('/repos/acme/gitops/pulls', {
    method: 'POST',
    token: tokens.slipway,
    body: { title: head, head, base: 'main', ...more },
  });
  return body;
}

describe('the API', () => {
  it('says who a token is, and refuses a wrong or missing one as GitHub does', async () => {
    expect((await world.api('/user', { token: tokens.ada })).body).toMatchObject({ login: 'ada', type: 'User' });
    expect(await world.api('/user', { token: 'wrong' })).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials', status: '401' },
    });
    expect(await world.api('/user')).toMatchObject({ status: 401, body: { message: 'Requires authentication' } });
    expect(await world.api('/user', { token: tokens.app })).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  });

  it('puts rate-limit headers on every answer', async () => {
    const first = await world.api('/repos/acme/gitops', { token: tokens.ada });
    const second = await world.api('/repos/acme/nothing', { token: tokens.ada });
    const remaining = (answer: { headers: Headers }) => Number(answer.headers.get('x-ratelimit-remaining'));

    expect(first.headers.get('x-ratelimit-limit')).toBe('5000');
    expect(remaining(first) - remaining(second)).toBe(1);
    expect((await world.api('/rate_limit', { token: tokens.ada })).body.rate.remaining).toBe(remaining(second));
  });

  it('describes a repository with what the token may do', async () => {
    expect((await world.api('/repos/acme/gitops', { token: tokens.reader })).body).toMatchObject({
      full_name: 'acme/gitops',
      default_branch: 'main',
      private: false,
      permissions: { push: false, pull: true },
    });
    expect((await world.api('/repos/acme/gitops', { token: tokens.slipway })).body.permissions.push).toBe(true);
  });

  it('answers 404 for a private repository to whoever may not see it', async () => {
    expect((await world.api('/repos/acme/secret', { token: tokens.slipway })).status).toBe(200);
    for (const token of [tokens.blind, tokens.scopeless, undefined]) {
      expect(await world.api('/repos/acme/secret', token === undefined ? {} : { token })).toMatchObject({
        status: 404,
        body: { message: 'Not Found' },
      });
    }
  });

  it('refuses pull requests with GitHub’s validation errors', async () => {
    await world.commit('acme/gitops', 'twice', 'twice', '1', 'main');
    await openPull('twice');
    const post = (body: unknown) =>
      world.api('/repos/acme/gitops/pulls', { method: 'POST', token: tokens.slipway, body });

    expect(await post({ title: 'x', head: 'twice', base: 'main' })).toMatchObject({
      status: 422,
      body: {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for acme:twice.' }],
      },
    });
    expect((await post({ title: 'x', head: 'none', base: 'main' })).body.errors).toEqual([
      { resource: 'PullRequest', field: 'head', code: 'invalid' },
    ]);
    expect((await post({ title: 'x', head: 'twice', base: 'none' })).body.errors).toEqual([
      { resource: 'PullRequest', field: 'base', code: 'invalid' },
    ]);
    expect((await post({ head: 'twice', base: 'main' })).body.message).toContain('"title" wasn\'t supplied.');
    expect((await post({ title: 'x', head: 'main', base: 'main' })).body.errors[0].message).toBe(
      'No commits between main and main',
    );
  });

  it('filters the list by head with its owner, by base and by state, and pages it', async () => {
    await world.commit('acme/gitops', 'listed', 'listed', '1', 'main');
    const { number } = await openPull('listed');
    const numbers = async (query: string) =>
      (await world.api(`/repos/acme/gitops/pulls?${query}`)).body.map((pull: Json) => pull.number);

    expect(await numbers('head=acme:listed')).toEqual([number]);
    expect(await numbers('head=ada:listed&state=all')).toEqual([]);
    expect(await numbers('base=other')).toEqual([]);
    expect((await numbers('head=listed')).length).toBeGreaterThan(1);
    const paged = await world.api('/repos/acme/gitops/pulls?per_page=1&page=1');
    expect(paged.body).toHaveLength(1);
    expect(paged.headers.get('link')).toContain('page=2>; rel="next"');
  });

  it('lists the changed files with their hunks', async () => {
    await world.commit('acme/gitops', 'files', 'README.md', '# Hello\nWorld\n', 'main');
    await world.commit('acme/gitops', 'files', 'new.yaml', 'a: 1\n', 'files');
    const { number } = await openPull('files');

    expect((await world.api(`/repos/acme/gitops/pulls/${number}/files`)).body).toMatchObject([
      {
        filename: 'README.md',
        status: 'modified',
        additions: 1,
        deletions: 0,
        patch: '@@ -1 +1,2 @@\n # Hello\n+World',
      },
      { filename: 'new.yaml', status: 'added', additions: 1, deletions: 0 },
    ]);
  });

  it('merges with a real merge commit that git sees', async () => {
    const head = await world.commit('acme/gitops', 'merged', 'merged', '1', 'main');
    const { number } = await openPull('merged');
    const main = (await world.api('/repos/acme/gitops/branches/main')).body.commit.sha;
    const wrong = await world.api(`/repos/acme/gitops/pulls/${number}/merge`, {
      method: 'PUT',
      token: tokens.ada,
      body: { sha: zeros },
    });
    const merged = await world.api(`/repos/acme/gitops/pulls/${number}/merge`, {
      method: 'PUT',
      token: tokens.ada,
      body: { sha: head },
    });

    expect(wrong.status).toBe(409);
    expect(merged).toMatchObject({ status: 200, body: { merged: true } });
    expect((await world.api('/repos/acme/gitops/branches/main')).body.commit).toMatchObject({
      sha: merged.body.sha,
      parents: [{ sha: main }, { sha: head }],
    });
    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: merged.body.sha,
    });
    expect(world.events).toContainEqual({
      repository: 'acme/gitops',
      ref: 'refs/heads/main',
      before: main,
      after: merged.body.sha,
      pusher: 'ada',
    });
    expect(
      (await world.api(`/repos/acme/gitops/pulls/${number}/merge`, { method: 'PUT', token: tokens.ada })).status,
    ).toBe(405);
  });

  it('does not merge what conflicts', async () => {
    await world.commit('acme/gitops', 'mine', 'conflict', 'mine\n', 'main');
    const { number } = await openPull('mine');
    await world.commit('acme/gitops', 'main', 'conflict', 'theirs\n');

    expect(
      await world.api(`/repos/acme/gitops/pulls/${number}/merge`, { method: 'PUT', token: tokens.ada }),
    ).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } });
  });

  it('closes a pull request when its branch is deleted, and reopens it only when the branch is back', async () => {
    const commit = await world.commit('acme/gitops', 'gone', 'gone', '1', 'main');
    const { number } = await openPull('gone');
    const reopen = () =>
      world.api(`/repos/acme/gitops/pulls/${number}`, { method: 'PATCH', token: tokens.ada, body: { state: 'open' } });

    expect(
      (await world.api('/repos/acme/gitops/git/refs/heads/gone', { method: 'DELETE', token: tokens.ada })).status,
    ).toBe(204);
    expect(
      (await world.api('/repos/acme/gitops/git/refs/heads/gone', { method: 'DELETE', token: tokens.ada })).status,
    ).toBe(422);
    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body).toMatchObject({
      state: 'closed',
      merged: false,
      head: { sha: commit },
    });
    expect((await reopen()).status).toBe(422);
    await world.commit('acme/gitops', 'gone', 'gone', '2', 'main');
    expect((await reopen()).body.state).toBe('open');
  });

  it('knows no commit that is not there, and takes no description that is too long', async () => {
    const post = (sha: string, body: unknown) =>
      world.api(`/repos/acme/gitops/statuses/${sha}`, { method: 'POST', token: tokens.slipway, body });
    const { commit } = (await world.api('/repos/acme/gitops/branches/main')).body;

    expect(await post('cd'.repeat(20), { state: 'success' })).toMatchObject({
      status: 422,
      body: { message: `No commit found for SHA: ${'cd'.repeat(20)}` },
    });
    expect((await post(commit.sha, { state: 'success', description: 'x'.repeat(141) })).status).toBe(422);
    expect((await post(commit.sha, { state: 'done' })).status).toBe(422);
  });

  it('keeps pull requests, comments and statuses over a restart', async () => {
    const commit = await world.commit('acme/gitops', 'kept', 'kept', '1', 'main');
    const { number } = await openPull('kept');
    await world.api(`/repos/acme/gitops/issues/${number}/comments`, {
      method: 'POST',
      token: tokens.ada,
      body: { body: 'Still here?' },
    });
    await world.api(`/repos/acme/gitops/statuses/${commit}`, {
      method: 'POST',
      token: tokens.ada,
      body: { state: 'success', context: 'kept' },
    });
    await world.restart();

    expect((await world.api(`/repos/acme/gitops/pulls/${number}`)).body).toMatchObject({
      title: 'kept',
      state: 'open',
      head: { sha: commit },
    });
    expect((await world.api(`/repos/acme/gitops/issues/${number}/comments`)).body).toMatchObject([
      { body: 'Still here?', user: { login: 'ada' } },
    ]);
    expect((await world.api(`/repos/acme/gitops/commits/${commit}/status`)).body).toMatchObject({ state: 'success' });
  });
});
