import { describe, expect, it } from 'vitest';
import { commitMessage, committer } from '../../../src/runs/commit-message.ts';
import { needsPaths, withPaths } from '../../../src/webhooks/match.ts';
import { bitbucketChange, commit, first, noCommit, push, pushPayloads, second, third } from '../../support/payloads.ts';
import { catalogWith, match, reasons } from './matching.ts';

const github = (parts: object = {}) => push('github', pushPayloads.github(parts));
const touching = (...paths: string[]) => github({ commits: [commit({ paths })] });

describe('a push to https://github.com/Org/Repo.git', () => {
  it.each([
    'https://github.com/org/repo',
    'https://github.com/Org/Repo.git',
    'https://github.com/org/repo/',
    'https://github.com/org/repo.git/',
    'http://github.com/org/repo',
    'git@github.com:org/repo.git',
    'git@GitHub.com:org/repo.git',
    'ssh://git@github.com/org/repo.git',
    'ssh://git@github.com:22/org/repo.git',
    'ssh://git@github.com:org/repo.git',
    'https://user@github.com/org/repo',
    'https://x:token@github.com/org/repo',
    'https://github.com:443/org/repo',
    'https://github.com/org/repo.GIT',
    'https://github.com//org/repo',
    'https://github.com/org/repo//',
    ' https://github.com/org/repo ',
  ])('starts a component of %j', async (url) => {
    expect(await reasons(github(), [{ url }])).toEqual(['start']);
  });

  it.each([
    'https://github.com/org/repo?x=1',
    'https://github.com/org/repo#x',
    'https://github.com/org/other',
    'https://gitlab.com/org/repo',
  ])('does not start one of %j', async (url) => {
    expect(await reasons(github(), [{ url }])).toEqual(['other-repository']);
  });

  it('says which repository a component has, without what may be a token', async () => {
    const [found] = await match(github(), catalogWith([{ url: 'https://me:hidden@github.com/org/other' }]));
    expect(found?.verdict.detail).toBe('the source is github.com/org/other; the push is to github.com/org/repo');
  });
});

describe('a push to a host of one’s own', () => {
  const gitea = push('gitea', pushPayloads.gitea());

  it.each([
    ['git@git.acme.io:org/repo.git', {}, 'start'],
    ['ssh://git@git.acme.io:2222/org/repo.git', {}, 'start'],
    ['ssh://git@git.acme.io:7999/org/repo.git', {}, 'other-repository'],
    ['ssh://git@git.acme.io:7999/org/repo.git', { aliases: { 'git.acme.io:7999': 'git.acme.io' } }, 'start'],
    ['https://git.acme.io/Org/Repo', {}, 'other-repository'],
    ['https://git.acme.io/Org/Repo', { caseless: ['git.acme.io'] }, 'start'],
  ])('and a component of %s, with %j: %s', async (url, hosts, expected) => {
    expect(await reasons(gitea, [{ url }], { hosts: { aliases: {}, caseless: [], ...hosts } })).toEqual([expected]);
  });

  it('cannot pass for one to a public host', async () => {
    const repository = { clone_url: 'https://github.com/org/repo' };
    expect(await reasons(push('gitea', pushPayloads.gitea({ repository })), [{}])).toEqual(['other-repository']);
  });
});

describe('a component', () => {
  it.each([
    ['whose branch it is', {}, 'start'],
    ['of another branch', { branch: 'release/1.x' }, 'branch'],
    ['whose branch has other letters', { branch: 'Main' }, 'branch'],
    ['without autoBuild', { autoBuild: undefined }, 'auto-build-off'],
    ['that switched it off', { autoBuild: false }, 'auto-build-off'],
    ['that is being deleted', { deletionTimestamp: '2026-01-01T00:00:00Z' }, 'deleting'],
    ['without a workflow', { workflow: null }, 'no-workflow'],
    ['whose type does not allow the workflow', { type: 'cronjob/closed' }, 'not-allowed'],
    ['whose workflow is not there', { workflow: 'broken' }, 'invalid'],
    ['whose type is not there', { type: 'deployment/none' }, 'invalid'],
    ['whose path leaves the repository', { appPath: '../x' }, 'invalid'],
    ['that cannot be read', { autoBuild: 'yes' }, 'invalid'],
    ['of another repository, whatever else', { url: 'https://github.com/a/b', autoBuild: false }, 'other-repository'],
  ])('%s: %s', async (_, sample, expected) => {
    expect(await reasons(github(), [sample])).toEqual([expected]);
  });

  it('is started by its own namespace’s secret alone', async () => {
    const samples = [{ namespace: 'default' }, { name: 'web', namespace: 'team-b' }];
    expect((await reasons(github(), samples, { scope: { only: ['team-b'] } }))[0]).toBe('other-secret');
    expect((await reasons(github(), samples, { scope: { allBut: ['default'] } }))[0]).toBe('other-secret');
    expect((await reasons(github(), samples, { scope: { only: ['default'] } }))[0]).toBe('start');
  });

  it('is not started by a commit that asks to skip, nor by our own', async () => {
    const facts = {
      component: 'api',
      environment: 'dev',
      release: 'r',
      run: 'default/r',
      sourceCommit: first,
      image: 'i',
    };
    const own = commit({ message: commitMessage(facts), email: committer.email });

    expect(await reasons(github({ head_commit: commit({ message: 'x [skip ci]' }) }), [{}])).toEqual(['skip-ci']);
    expect(await reasons(github({ commits: [own] }), [{}])).toEqual(['own-commit']);
  });
});

describe('the changed paths', () => {
  it.each([
    ['/svc', 'svc/main.go', 'start'],
    ['svc/', 'svc/main.go', 'start'],
    ['/sv', 'svc/main.go', 'paths'],
    ['/a', 'a/b/c', 'start'],
    ['/a', 'libs/a/x', 'paths'],
    ['/a/b', 'a/c', 'paths'],
    ['.', 'anything', 'start'],
    ['/', 'anything', 'start'],
    ['./svc', 'svc/x', 'start'],
    ['//svc', 'svc/x', 'start'],
    ['/Svc', 'svc/x', 'paths'],
    ['/svc', 'README.md', 'paths'],
    ['/svc', 'libs/common/x', 'paths'],
  ])('of the application %s and the file %s: %s', async (appPath, path, expected) => {
    expect(await reasons(touching(path), [{ appPath }])).toEqual([expected]);
  });

  it.each([
    ['build context', { context: 'images/api', dockerfile: 'svc/Dockerfile' }, 'images/api/base.txt'],
    ['Dockerfile', { dockerfile: 'docker/api.Dockerfile' }, 'docker/api.Dockerfile'],
    ['descriptor', { descriptor: 'deploy/workload.yaml', appPath: 'svc', context: 'src' }, 'svc/deploy/workload.yaml'],
  ])('count in the %s', async (_, sample, path) => {
    expect(await reasons(touching(path), [sample])).toEqual(['start']);
    expect(await reasons(touching('other/file'), [sample])).toEqual(['paths']);
  });

  it('touch everything where the payload lists none or not all', async () => {
    expect(await reasons(github({ forced: true }), [{ appPath: '/other' }])).toEqual(['start']);
    expect(await reasons(github({ commits: [commit({ paths: [] })] }), [{ appPath: '/other' }])).toEqual(['start']);
  });

  it('start two of three components of a repository', async () => {
    const samples = ['a', 'b', 'c'].map((name) => ({ name, appPath: name }));
    expect(await reasons(touching('a/x', 'c/y'), samples)).toEqual(['start', 'paths', 'start']);
  });
});

describe('a delivery of several branches', () => {
  const branch = (name: string, hash: string) => ({ type: 'branch', name, target: { hash, message: 'Change' } });
  const dev = bitbucketChange({ old: branch('dev', first), new: branch('dev', third) });
  const delivery = push('bitbucket', pushPayloads.bitbucket(dev, bitbucketChange()));
  const url = 'https://bitbucket.org/org/repo';

  it('starts each component at the head of its own branch', async () => {
    const matches = await match(
      delivery,
      catalogWith([
        { name: 'api', url },
        { name: 'web', url, branch: 'dev' },
        { name: 'old', url, branch: 'v1' },
      ]),
    );
    expect(
      matches.map(({ verdict: { component, outcome, branch: at, commit: head } }) => [component, outcome, at, head]),
    ).toEqual([
      ['default/shop/api', 'start', 'main', second],
      ['default/shop/web', 'start', 'dev', third],
      ['default/shop/old', 'skip', 'dev', third],
    ]);
  });
});

describe('needsPaths', () => {
  const asks = async (pushed: ReturnType<typeof github>, sample: object) => {
    const matches = await match(pushed, catalogWith([sample]));
    return pushed.changes.map((change) => needsPaths(change, matches));
  };

  it.each([
    ['incomplete paths that start a component', github({ forced: true }), {}, true],
    ['incomplete paths where the component watches everything', github({ forced: true }), { appPath: '.' }, false],
    ['incomplete paths of another branch', github({ forced: true }), { branch: 'dev' }, false],
    ['a new branch, which has no commit before', github({ before: noCommit }), {}, false],
    ['proven paths', touching('other'), {}, false],
    [
      'paths of GitLab that would skip a component',
      push('gitlab', pushPayloads.gitlab({ commits: [commit({ paths: ['other'] })] })),
      { url: 'https://gitlab.com/org/repo' },
      true,
    ],
    [
      'paths of GitLab that start it',
      push('gitlab', pushPayloads.gitlab()),
      { url: 'https://gitlab.com/org/repo' },
      false,
    ],
  ])('of %s', async (_, pushed, sample, expected) => {
    expect(await asks(pushed, sample)).toEqual([expected]);
  });

  it('is content with paths that somebody looked up', async () => {
    const pushed = github({ forced: true });
    const [change] = pushed.changes;
    if (change === undefined) throw new Error('a push has a change');
    const completed = withPaths(pushed, change, ['other/file']);

    expect(await reasons(completed, [{}])).toEqual(['paths']);
    expect(await asks(completed, {})).toEqual([false]);
    expect(await reasons(withPaths(pushed, change, []), [{}])).toEqual(['start']);
  });
});
