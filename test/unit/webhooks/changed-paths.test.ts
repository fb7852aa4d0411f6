import { describe, expect, it } from 'vitest';
import { commitMessage, committer } from '../../../src/runs/commit-message.ts';
import type { ProviderName } from '../../../src/webhooks/delivery.ts';
import { bitbucketChange, commit, first, noCommit, push, pushPayloads, second } from '../../support/payloads.ts';

const changeOf = (provider: ProviderName, payload: unknown) => push(provider, payload).changes[0];
const commits = (count: number, paths = ['svc/a']) =>
  Array.from({ length: count }, (_, at) => commit({ id: at === 0 ? second : `${at}`.padStart(40, 'a'), paths }));

describe('the paths of a push', () => {
  it.each([
    ['a forced push', 'github', pushPayloads.github({ forced: true })],
    ['a new branch', 'github', pushPayloads.github({ created: true, before: noCommit })],
    ['a push without commits', 'github', pushPayloads.github({ commits: [] })],
    ['as many commits as GitHub lists', 'github', pushPayloads.github({ commits: commits(2048) })],
    [
      'as many files as GitHub lists',
      'github',
      pushPayloads.github({ commits: commits(1, Array(3000).fill('svc/a')) }),
    ],
    [
      '35 commits of which GitLab lists 20',
      'gitlab',
      pushPayloads.gitlab({ commits: commits(20), total_commits_count: 35 }),
    ],
    [
      '20 commits of a GitLab that does not count',
      'gitlab',
      pushPayloads.gitlab({ commits: commits(20), total_commits_count: null }),
    ],
    ['a new branch at GitLab', 'gitlab', pushPayloads.gitlab({ before: noCommit })],
    ['six commits of which Gitea lists five', 'gitea', pushPayloads.gitea({ commits: commits(5), total_commits: 6 })],
    [
      'five commits of a Gitea that does not count',
      'gitea',
      pushPayloads.gitea({ commits: commits(5), total_commits: null }),
    ],
    [
      'a commit that lists none at all beside one that does',
      'gitea',
      pushPayloads.gitea({ commits: [commit(), { id: first, message: 'Change' }], total_commits: 2 }),
    ],
    ['any push of Bitbucket', 'bitbucket', pushPayloads.bitbucket()],
    [
      'more than 64 KB of them',
      'github',
      pushPayloads.github({
        commits: commits(
          1,
          Array.from({ length: 700 }, (_, at) => `${at}`.padStart(100, 'x')),
        ),
      }),
    ],
  ] as const)('are not complete for %s', (_, provider, payload) => {
    expect(changeOf(provider, payload)?.paths).toMatchObject({ complete: false, proven: false, list: [] });
  });

  it.each([
    ['github', pushPayloads.github({ commits: commits(2047) }), true],
    ['github', pushPayloads.github({ commits: [commit({ id: first })] }), false],
    ['github', pushPayloads.github({ forced: undefined }), false],
    ['gitlab', pushPayloads.gitlab({ commits: commits(20), total_commits_count: 20 }), false],
    ['gitea', pushPayloads.gitea({ commits: commits(5), total_commits: 5 }), false],
  ] as const)('are complete where %s lists all commits, and proven where it tells all', (provider, payload, proven) => {
    expect(changeOf(provider, payload)?.paths).toMatchObject({ complete: true, proven });
  });

  it('are those that any commit added, changed or removed, each once', () => {
    const one = { ...commit({ paths: ['a', 'b'] }), added: ['c'], removed: ['d'] };
    const payload = pushPayloads.github({ commits: [one, commit({ id: first, paths: ['b', 'e'] })] });

    expect(changeOf('github', payload)?.paths).toMatchObject({ count: 5, list: ['c', 'd', 'a', 'b', 'e'] });
  });

  it('fit the input of a workflow however many there are', () => {
    const long = Array.from({ length: 640 }, (_, at) => `${at}`.padStart(95, 'x'));
    const fitting = push('github', pushPayloads.github({ commits: commits(1, long) }));

    expect(fitting.changes[0]?.paths).toMatchObject({ complete: true, count: 640 });
    expect(JSON.stringify(fitting).length).toBeLessThan(66 * 1024);
  });
});

describe('the marker that asks to skip', () => {
  const marked = (message: string) =>
    changeOf('github', pushPayloads.github({ head_commit: commit({ message }) }))?.skipMarker;

  it.each(['[skip ci]', '[ci skip]', '[skip slipway]', '[slipway skip]'])('is %s anywhere in the message', (marker) => {
    expect(marked(`Fix the docs\n\nNothing to build ${marker}.`)).toBe(marker);
  });

  it.each(['[Skip CI]', 'skip ci', '[no ci]', '[skip  ci]', ''])('is not %j', (text) => {
    expect(marked(`Fix ${text}`)).toBeNull();
  });

  it('counts in the newest commit alone, for every provider', () => {
    const older = commit({ id: first, message: '[skip ci]' });
    const newest = commit({ message: '[ci skip]' });

    expect(changeOf('github', pushPayloads.github({ commits: [older, commit()] }))?.skipMarker).toBeNull();
    expect(
      changeOf('gitlab', pushPayloads.gitlab({ commits: [older, newest], total_commits_count: 2 }))?.skipMarker,
    ).toBe('[ci skip]');
    expect(
      changeOf('gitea', pushPayloads.gitea({ commits: [newest, older], head_commit: null, total_commits: 2 }))
        ?.skipMarker,
    ).toBe('[ci skip]');
    const target = { hash: second, message: 'x [ci skip]' };
    const payload = pushPayloads.bitbucket(bitbucketChange({ new: { type: 'branch', name: 'main', target } }));
    expect(changeOf('bitbucket', payload)?.skipMarker).toBe('[ci skip]');
  });
});

describe('our own commits', () => {
  const facts = {
    component: 'api',
    environment: 'dev',
    release: 'api-1',
    run: 'default/api-1',
    sourceCommit: first,
    image: 'r/a:1',
  };
  const message = commitMessage(facts);
  const own = commit({ id: first, message, email: committer.email, paths: ['releases/api.yaml'] });
  const isOwn = (...list: object[]) => changeOf('github', pushPayloads.github({ commits: list }))?.own;

  it('are known by their trailers and author', () => {
    expect(isOwn(own)).toBe(true);
    expect(isOwn({ ...own, author: { email: 'ada@acme.example' } })).toBe(false);
    expect(isOwn({ ...own, message: 'Release api-1' })).toBe(false);
  });

  it('are ours when merged, but not when something else comes with them', () => {
    expect(isOwn(own, commit({ message: 'Merge pull request #1', paths: ['releases/api.yaml'] }))).toBe(true);
    expect(isOwn(own, commit({ paths: ['svc/main.go'] }))).toBe(false);
    expect(isOwn(commit())).toBe(false);
  });

  it.each([
    '\n\nCo-authored-by: Slipway <slipway@slipway.dev>',
    '\n---------\n\nCo-authored-by: Slipway <slipway@slipway.dev>\n',
  ])('are ours when a code host squashed them under %j', (end) => {
    const squashed = { ...own, message: `${message.trimEnd()}${end}`, author: { email: 'ada@acme.example' } };
    expect(isOwn(squashed)).toBe(true);
  });

  it('are not believed where the payload leaves commits out', () => {
    expect(changeOf('github', pushPayloads.github({ commits: [own], forced: true }))?.own).toBe(false);
  });

  it('are known at Bitbucket, which lists no paths', () => {
    const listed = { hash: first, message, author: { raw: `Slipway <${committer.email}>` } };
    expect(changeOf('bitbucket', pushPayloads.bitbucket(bitbucketChange({ commits: [listed] })))?.own).toBe(true);
  });
});
