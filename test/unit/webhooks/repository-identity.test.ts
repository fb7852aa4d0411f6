import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpokenForBy, repositoryIdentity, repositoryPlace } from '../../../src/webhooks/repository-identity.ts';
import { runs } from '../../support/properties.ts';

const hosts = { aliases: { 'git.acme.io:7999': 'git.acme.io' }, caseless: ['gitea.acme.io'] };
const identity = (url: string) => repositoryIdentity(url, hosts);

describe('repositoryIdentity', () => {
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
    'git+ssh://git@github.com/org/repo.git',
    'ssh://git@ssh.github.com:443/org/repo.git',
    'https://user@github.com/org/repo',
    'https://x:token@github.com/org/repo',
    'https://github.com:443/org/repo',
    'https://github.com/org/repo.GIT',
    'https://github.com//org/repo',
    'https://github.com/org/repo//',
    '  https://github.com/org/repo ',
    'HTTPS://GITHUB.COM/ORG/REPO',
  ])('knows the repository of a push to https://github.com/Org/Repo.git in %s', (url) => {
    expect(identity(url)).toBe(identity('https://github.com/Org/Repo.git'));
  });

  it.each([
    'https://github.com/org/repo2',
    'https://github.com/org/rep',
    'https://github.com/other/repo',
    'https://github.com/org/repo/sub',
    'https://www.github.com/org/repo',
    'https://github.com.evil.example/org/repo',
    'https://evil.example/github.com/org/repo',
    'https://github.com:8443/org/repo',
  ])('tells %s apart from it', (url) => {
    expect(identity(url)).toBeDefined();
    expect(identity(url)).not.toBe(identity('https://github.com/Org/Repo.git'));
  });

  it.each([
    'https://github.com/org/repo?x=1',
    'https://github.com/org/repo#readme',
    'https://github.com/org/repo?',
    'https://github.com/org /repo',
    'https://github.com\\org\\repo',
    'https://github.com',
    'https://github.com/.git',
    'git@github.com:',
    'github.com/org/repo',
    'file:///srv/repo.git',
    'javascript:alert(1)',
    '',
  ])('refuses %j', (url) => {
    expect(identity(url)).toBeUndefined();
  });

  it.each([
    ['git@git.acme.io:org/repo.git', 'https://git.acme.io/org/repo.git', true],
    ['ssh://git@git.acme.io:7999/org/repo.git', 'https://git.acme.io/org/repo.git', true],
    ['https://git.acme.io/Org/repo', 'https://git.acme.io/org/repo', false],
    ['https://gitea.acme.io/Org/repo', 'https://gitea.acme.io/org/repo', true],
    ['git@bücher.example:org/repo.git', 'https://xn--bcher-kva.example/org/repo', true],
    ['http://127.0.0.1:3000/org/repo', 'http://127.0.0.1:3001/org/repo', false],
  ])('of hosts of one’s own, %s and %s: %j', (one, other, same) => {
    expect(identity(one) === identity(other)).toBe(same);
  });

  it('is the same for every way to write a repository’s address', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][\w-]{0,8}$/);
    const host = fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.(io|example)$/);
    fc.assert(
      fc.property(host, name, name, (at, owner, repo) => {
        const plain = `${at}/${owner}/${repo}`;
        const forms = [
          `https://${plain}`,
          `http://${plain}.git/`,
          `https://me:pass@${at.toUpperCase()}:443//${owner}/${repo}`,
          `git@${at}:${owner}/${repo}.git`,
          `ssh://git@${at}:22/${owner}/${repo}`,
        ];
        for (const form of forms) expect(identity(form)).toBe(plain);
      }),
      runs(100),
    );
  });

  it('ends for any text, and what it says can be said again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webPath().map((path) => `https://github.com${path}`),
          fc.string().map((text) => `git@${text}`),
        ),
        (text) => {
          const found = identity(text);
          if (found !== undefined) expect(identity(`https://${found}`)).toBe(found.replace(/\.git$/i, ''));
        },
      ),
      runs(2000),
    );
  });
});

describe('repositoryPlace', () => {
  it('keeps the path as it is written, and a port that is not the usual one', () => {
    expect(repositoryPlace('ssh://git@Git.Acme.io:7999/Org/Repo.git')).toEqual({
      host: 'git.acme.io:7999',
      path: 'Org/Repo',
    });
  });
});

describe('isSpokenForBy', () => {
  it.each([
    ['github.com/org/repo', 'github', true],
    ['github.com/org/repo', 'gitlab', false],
    ['gitlab.com/org/repo', 'bitbucket', false],
    ['bitbucket.org/org/repo', 'bitbucket', true],
    ['git.acme.io/org/repo', 'gitea', true],
    ['git.acme.io/org/repo', 'github', true],
  ] as const)('of %s by %s: %j', (repository, provider, answer) => {
    expect(isSpokenForBy(repository, provider)).toBe(answer);
  });
});
