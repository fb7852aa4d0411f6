import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmulatedForge, startEmulatedForge } from '../../support/forges/emulated-forge.ts';
import { gitlabApi } from '../../support/forges/gitlab-api.ts';
import { openEmulated, tokenOf } from '../../support/forges/open-emulated.ts';
import { failureOf, request } from './releases.ts';

let gitlab: EmulatedForge;
beforeAll(async () => {
  gitlab = await startEmulatedForge(gitlabApi);
});
afterEach(() => {
  gitlab.fault = undefined;
});
afterAll(() => gitlab?.stop());

let counter = 0;
const newBranch = async (repository = 'acme/gitops') => {
  counter += 1;
  await gitlab.commit(repository, `own-${counter}`, { [`own-${counter}`]: 'x' });
  return `own-${counter}`;
};

describe('GitLab', () => {
  it('has projects in groups within groups', async () => {
    const repository = 'acme/team/deep/gitops';
    const forge = await openEmulated(gitlab, 'gitlab', { repository });
    const head = await newBranch(repository);
    const { pullRequest } = await forge.openPullRequest(request(head));

    expect(pullRequest.url).toContain('/acme/team/deep/gitops/-/merge_requests/');
    expect(await forge.pullRequests({ head, base: 'main' })).toEqual([pullRequest]);
  });

  it('may begin below a path, on any port', async () => {
    gitlab.fault = ({ parts }) => (parts.slice(0, 3).join('/') === 'code/lab/api' ? { status: 200, body: [] } : null);
    const forge = await openEmulated(gitlab, 'gitlab', { path: '/code/lab' });
    await expect(forge.pullRequests({ openAgainst: 'main' })).rejects.toMatchObject({ type: 'Unavailable' });

    expect(gitlab.requests.findLast((one) => one.includes('merge_requests'))).toBe(
      'GET /code/lab/api/v4/projects/acme%2Fgitops/merge_requests',
    );
  });

  it('keeps reviewers that were asked before, and says whom it left out', async () => {
    const head = await newBranch();
    const forge = await openEmulated(gitlab, 'gitlab');
    const reviewers = ['Ada', 'blind'];
    const { pullRequest } = await forge.openPullRequest(request(head, { reviewers: ['ada'] }));
    expect((await forge.openPullRequest(request(head, { reviewers }))).warnings).toEqual([]);
    const { number } = pullRequest;
    expect(gitlab.pulls.find((pull) => pull.number === number)?.reviewers.map(({ login }) => login)).toEqual([
      'ada',
      'blind',
    ]);

    // As GitLab Free does: one only.
    gitlab.fault = ({ body, method }) => {
      if (method === 'PUT' && body.reviewer_ids) body.reviewer_ids.length = 1;
      return null;
    };
    const again = await forge.openPullRequest(request(await newBranch(), { reviewers }));
    expect(again.warnings).toEqual([expect.stringMatching(/all but blind.*GitLab Free takes one only/)]);
  });

  it('sets the same pending status twice', async () => {
    const forge = await openEmulated(gitlab, 'gitlab');
    const commit = await gitlab.commit('acme/gitops', 'pending', { pending: 'x' });
    const status = {
      state: 'pending',
      context: 'slipway/x',
      description: 'ä'.repeat(300),
      url: `https://a/${'b'.repeat(300)}`,
    } as const;
    await forge.setCommitStatus(commit, status);
    await forge.setCommitStatus(commit, status);

    expect(gitlab.statuses.filter((one) => one.commit === commit)).toMatchObject([
      { description: `${'ä'.repeat(254)}…`, url: null },
    ]);
  });

  it('tells the paths after a forced push, too', async () => {
    const forge = await openEmulated(gitlab, 'gitlab');
    const one = await gitlab.commit('acme/gitops', 'forced-one', { 'one.yaml': '1' });
    const other = await gitlab.commit('acme/gitops', 'forced-other', { 'other.yaml': '2' });

    expect((await forge.changedFiles(one, other))?.toSorted()).toEqual(['one.yaml', 'other.yaml']);
  });

  it('tells no paths where GitLab cut its list', async () => {
    const forge = await openEmulated(gitlab, 'gitlab');
    const before = await gitlab.commit('acme/gitops', 'large', { base: 'x' });
    const files = Array.from({ length: 1001 }, (_, index) => [`f-${index}`, 'x'] as const);
    const after = await gitlab.commit('acme/gitops', 'large', Object.fromEntries(files));

    expect(await forge.changedFiles(before, after)).toBeNull();
  });

  it('tells both names of a renamed file', async () => {
    const forge = await openEmulated(gitlab, 'gitlab');
    const before = await gitlab.commit('acme/gitops', 'renamed', { old: 'the same text\n'.repeat(20) });
    const after = await gitlab.commit('acme/gitops', 'renamed', { old: null, new: 'the same text\n'.repeat(20) });

    expect((await forge.changedFiles(before, after))?.toSorted()).toEqual(['new', 'old']);
  });

  const inAMinute = {
    date: 'Sun, 22 Nov 2026 12:00:00 GMT',
    'ratelimit-reset': String(Date.parse('2026-11-22T12:01:00Z') / 1000),
  };
  it.each([
    [
      401,
      {},
      { error: 'invalid_token', error_description: 'Token was revoked.' },
      'AccessDenied',
      /scope api and the role Developer.*Token was revoked/,
    ],
    [403, {}, { message: '403 Forbidden' }, 'AccessDenied', /may not do that/],
    [404, {}, { message: '404 Project Not Found' }, 'SourceNotFound', /answers 404 for both/],
    [409, {}, { message: ['Conflict'] }, 'Contended', /It said: Conflict/],
    [422, {}, { message: { base: ['is wrong', 'and late'] } }, 'PolicyRejected', /base is wrong, and late/],
    [429, { 'retry-after': '42' }, 'Retry later', 'RateLimited', /limits how often/],
    [429, inAMinute, {}, 'RateLimited', /limits how often/],
    [301, { location: 'https://elsewhere.example' }, {}, 'SourceNotFound', /has moved/],
    [502, {}, undefined, 'Unavailable', /answered 502/],
    [200, {}, { login: 'page' }, 'Unavailable', /not as GitLab's API does/],
  ])('explains an answer of %s with %j and %j', async (status, headers, body, type, message) => {
    gitlab.fault = () => ({ status, headers, body });
    const failure = await failureOf((await openEmulated(gitlab, 'gitlab')).pullRequests({ openAgainst: 'main' }));

    expect(failure).toMatchObject({ type, message: expect.stringMatching(message) });
    expect(failure.message).not.toContain(tokenOf('slipway-robot'));
    if (status === 429) expect(failure.retryAfterMs).toBe('date' in headers ? 61_000 : 42_000);
  });
});
