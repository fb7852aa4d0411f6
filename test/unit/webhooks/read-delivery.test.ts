import { describe, expect, it } from 'vitest';
import { providerNames } from '../../../src/webhooks/delivery.ts';
import { PayloadError } from '../../../src/webhooks/payload-error.ts';
import { readDelivery } from '../../../src/webhooks/read-delivery.ts';
import {
  bitbucketChange,
  deliver,
  first,
  noCommit,
  push,
  pushPayloads,
  recorded,
  second,
  third,
} from '../../support/payloads.ts';

const change = { branch: 'main', before: first, after: second, skipMarker: null, own: false };
const tag = { type: 'tag', name: 'v1', target: { hash: second } };

describe('a push', () => {
  it.each([
    [
      'github',
      ['https://github.com/Org/Repo.git', 'https://github.com/Org/Repo', 'git@github.com:Org/Repo.git'],
      false,
      true,
    ],
    ['gitlab', ['https://gitlab.com/org/repo.git', 'git@gitlab.com:org/repo.git'], null, false],
    ['gitea', ['https://git.acme.io/org/repo.git', 'ssh://git@git.acme.io:2222/org/repo.git'], null, false],
  ] as const)('of %s is read with branch, commits and paths', (provider, urls, forced, proven) => {
    expect(push(provider, pushPayloads[provider]())).toMatchObject({
      provider,
      ignored: null,
      urls,
      actor: 'ada',
      changes: [{ ...change, forced, paths: { complete: true, proven, count: 1, list: ['svc/main.go'] } }],
    });
  });

  it('of Bitbucket is read with the head of each branch, and without paths', () => {
    const branch = (name: string, hash: string) => ({ type: 'branch', name, target: { hash, message: 'Change' } });
    const other = bitbucketChange({ old: branch('dev', first), new: branch('dev', third) });
    const payload = pushPayloads.bitbucket(bitbucketChange(), bitbucketChange({ new: null }), other);

    expect(push('bitbucket', payload)).toMatchObject({
      urls: ['https://bitbucket.org/org/repo'],
      changes: [
        { ...change, forced: false, paths: { complete: false, list: [] } },
        { ...change, branch: 'dev', after: third },
      ],
    });
  });

  it.each([
    ['github', pushPayloads.github({ commits: [{ modified: ['svc/a'] }], head_commit: null })],
    ['gitlab', pushPayloads.gitlab({ commits: [{ added: ['svc/a'], removed: null }] })],
    ['gitea', pushPayloads.gitea({ commits: [{ removed: ['svc/a'] }] })],
  ] as const)('of %s is read from what counts, whatever else is left out', (provider, payload) => {
    expect(push(provider, payload).changes).toMatchObject([
      { ...change, paths: { complete: true, proven: false, list: ['svc/a'] } },
    ]);
  });

  it('has the id that its provider gives, without braces', () => {
    expect(push('github', pushPayloads.github()).id).toBe('72d3162e-cc78-11e3-81ab-4c9367dc0958');
    expect(push('gitlab', pushPayloads.gitlab()).id).toBe('f5e5f430-f57b-4e6e-9fac-d9128cd7232f');
    expect(push('bitbucket', pushPayloads.bitbucket()).id).toBe('c2f5e1d0-0000-4000-8000-000000000001');
    expect(push('gitea', pushPayloads.gitea()).id).toBe('d1a35a5f-0000-4000-8000-000000000002');
  });

  it.each([undefined, '', '../../x', 'a/b', 'x'.repeat(101), 'ä'])(
    'gets an id from its body where the given one is %j',
    (id) => {
      const one = push('github', pushPayloads.github(), { 'x-github-delivery': id });
      const other = push('github', pushPayloads.github({ after: third }), { 'x-github-delivery': id });

      expect(one.id).toMatch(/^sha256-[0-9a-f]{40}$/);
      expect(other.id).not.toBe(one.id);
    },
  );

  it('of GitHub is known again by its time, told by whichever webhook', () => {
    expect(push('github', pushPayloads.github()).occurrence).toBe('1');
    expect(push('gitlab', pushPayloads.gitlab()).occurrence).toBeNull();
  });

  it('keeps the name of who pushed in one short line', () => {
    const { actor } = push('github', pushPayloads.github({ sender: { login: `a\n${'b'.repeat(300)}` } }));
    expect(actor).toBe(`a ${'b'.repeat(198)}`);
  });
});

describe('a recorded payload', () => {
  it.each([
    ['github', 'push', { branch: 'master', paths: { complete: true, proven: true, count: 2 } }],
    ['github', 'new-branch', { branch: 'master', before: null, paths: { complete: false, count: 1 } }],
    ['gitlab', 'push', { branch: 'master', paths: { complete: false, count: 2 } }],
    ['bitbucket', 'push', { branch: 'name-of-branch', after: '709d658dc5b6d6afcd46049c2f332ee3f515a67d' }],
    ['gitea', 'push', { branch: 'master', before: null, paths: { complete: false } }],
  ] as const)('of %s, %s, is read', (provider, name, expected) => {
    expect(push(provider, recorded(`${provider}/${name}`)).changes).toMatchObject([expected]);
  });
});

describe('what is ignored', () => {
  it.each([
    ['github', 'ping', recorded('github/ping'), { 'x-github-event': 'ping' }],
    ['github', 'not-a-push', recorded('github/star'), { 'x-github-event': 'star' }],
    ['github', 'not-a-push', { action: 'synchronize', after: second }, { 'x-github-event': 'pull_request' }],
    ['github', 'not-a-push', { action: 'published' }, { 'x-github-event': 'release' }],
    ['github', 'tag', recorded('github/tag-created'), {}],
    ['github', 'tag', recorded('github/tag-deleted'), {}],
    ['github', 'branch-deleted', pushPayloads.github({ deleted: true, after: noCommit }), {}],
    ['github', 'branch-deleted', pushPayloads.github({ after: noCommit }), {}],
    ['github', 'not-a-branch', pushPayloads.github({ ref: 'refs/notes/commits' }), {}],
    ['github', 'no-commit', pushPayloads.github({ after: undefined }), {}],
    ['github', 'no-commit', pushPayloads.github({ after: 'abc1234' }), {}],
    ['github', 'no-commit', pushPayloads.github({ after: 'a'.repeat(64) }), {}],
    ['gitlab', 'tag', recorded('gitlab/tag'), { 'x-gitlab-event': 'Tag Push Hook' }],
    ['gitlab', 'not-a-push', recorded('gitlab/merge-request'), { 'x-gitlab-event': 'Merge Request Hook' }],
    ['gitlab', 'branch-deleted', pushPayloads.gitlab({ after: noCommit, commits: [] }), {}],
    ['bitbucket', 'ping', {}, { 'x-event-key': 'diagnostics:ping' }],
    ['bitbucket', 'not-a-push', recorded('bitbucket/pull-request'), { 'x-event-key': 'pullrequest:created' }],
    ['bitbucket', 'branch-deleted', pushPayloads.bitbucket(bitbucketChange({ new: null })), {}],
    ['bitbucket', 'tag', pushPayloads.bitbucket(bitbucketChange({ old: null, new: tag })), {}],
    ['bitbucket', 'tag', pushPayloads.bitbucket(bitbucketChange({ old: tag, new: null })), {}],
    ['bitbucket', 'not-a-branch', pushPayloads.bitbucket(bitbucketChange({ old: null, new: null })), {}],
    ['bitbucket', 'no-change', { ...pushPayloads.bitbucket(), push: { changes: [] } }, {}],
    ['gitea', 'not-a-push', recorded('gitea/delete'), { 'x-gitea-event': 'delete' }],
    ['gitea', 'no-change', pushPayloads.gitea({ before: second }), {}],
  ] as const)('at %s is %s', (provider, ignored, payload, headers) => {
    expect(deliver(provider, payload, headers)).toMatchObject({ provider, ignored });
  });
});

describe('a payload that does not fit', () => {
  it.each(providerNames)('of %s is an error that names the fields', (provider) => {
    for (const payload of [null, [], 'x', {}, { ref: 1, repository: {}, project: {}, push: {} }]) {
      expect(() => deliver(provider, payload)).toThrow(PayloadError);
    }
    expect(() => deliver('github', pushPayloads.github({ ref: 7 }))).toThrow(/ref/);
    expect(() => deliver('github', pushPayloads.github({ repository: {} }))).toThrow(/repository names no URL/);
  });

  it('is no JSON, or of an event that nobody names', () => {
    const body = Buffer.from('{"ref":');
    expect(() => readDelivery('github', { 'x-github-event': 'push' }, body)).toThrow('the payload is no JSON');
    expect(() => readDelivery('github', {}, body)).toThrow('the header x-github-event');
    expect(() => readDelivery('gitlab', { 'x-github-event': 'push' }, body)).toThrow('the header x-gitlab-event');
  });
});
