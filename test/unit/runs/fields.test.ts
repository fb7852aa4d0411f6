import { describe, expect, it } from 'vitest';
import { Duration } from '../../../src/runs/duration.ts';
import { BranchName, OptionalCommit, repositoryUrl } from '../../../src/runs/git-names.ts';
import { ImageName, RegistryAddress, TagPrefix } from '../../../src/runs/image-names.ts';
import { fieldsWithTokens, looksLikeToken } from '../../../src/runs/known-tokens.ts';
import { nearNames } from '../../../src/runs/near-names.ts';
import { joinRepositoryPath, RepositoryPath } from '../../../src/runs/repository-path.ts';

describe('Duration', () => {
  it.each([
    ['30m', 1800],
    ['1h30m', 5400],
    ['90s', 90],
    ['1h0m5s', 3605],
    ['24h', 86_400],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(Duration.parse(text)).toBe(seconds);
  });

  it.each(['', '30', '0m', '25h', '5m1h', '-5m', '1.5h', '30 m'])('refuses %j', (text) => {
    expect(Duration.safeParse(text).success).toBe(false);
  });
});

describe('RepositoryPath', () => {
  it.each(['..', 'a/..', '/../x', 'a\\b', 'a\nb', '.GIT/config', 'x/.git'])('refuses %j', (path) => {
    expect(RepositoryPath.safeParse(path).success).toBe(false);
  });

  it.each([
    ['a..b/c', 'a..b/c'],
    ['.github/x', '.github/x'],
    ['a//b/', 'a/b'],
    ['a b/ü', 'a b/ü'],
  ])('reads %j as %j', (path, read) => {
    expect(RepositoryPath.parse(path)).toBe(read);
  });

  it('joins below the root and below a folder', () => {
    expect([joinRepositoryPath('.', 'w'), joinRepositoryPath('a', 'w'), joinRepositoryPath('a', '.')]).toEqual([
      'w',
      'a/w',
      'a',
    ]);
  });
});

describe('BranchName', () => {
  it.each(['main', 'release/1.2', 'fix_#12', 'ü', 'a@b'])('takes %s', (name) => {
    expect(BranchName.parse(name)).toBe(name);
  });

  it.each([
    '',
    '-f',
    'a b',
    'a..b',
    'a.lock',
    'a/.b',
    '/a',
    'a/',
    'a:b',
    'a~1',
    '@{u}',
    '@',
    'refs/heads/main',
    'a\tb',
    'a*',
  ])('refuses %j', (name) => {
    expect(BranchName.safeParse(name).success).toBe(false);
  });
});

describe('OptionalCommit', () => {
  it.each(['HEAD', '12345', `${'a'.repeat(41)}`, 'abcdefg', '--x'])('refuses %j', (text) => {
    expect(OptionalCommit.safeParse(text).success).toBe(false);
  });
});

describe('repositoryUrl', () => {
  const url = repositoryUrl({ httpHosts: ['localhost:8080'] });

  it('takes plain http to any host, and files, only where that is said', () => {
    const lenient = repositoryUrl({ httpHosts: 'any', allowFile: true });
    for (const text of ['http://elsewhere/a/b', 'file:///srv/repositories/shop.git']) {
      expect(lenient.parse(text)).toBe(text);
      expect(url.safeParse(text).success).toBe(false);
    }
    expect(lenient.safeParse('file://host/a').success).toBe(false);
    expect(lenient.safeParse('http://ada@elsewhere/a/b').success).toBe(false);
  });

  it.each([
    'https://github.com/a/b',
    'https://github.com/a/b.git',
    'https://git.acme.example:8443/x',
    'http://localhost:8080/a/b',
  ])('takes %s', (text) => {
    expect(url.parse(text)).toBe(text);
  });

  it.each([
    'http://localhost/a/b',
    'http://localhost:8081/a',
    'https://x@github.com/a/b',
    'https://@github.com/a/b',
    'https://github.com/a/b?token=1',
    'https://github.com/a b',
    'ssh://git@github.com/a/b',
    '-oProxyCommand=x',
    'https://',
    'github.com/a/b',
  ])('refuses %s', (text) => {
    expect(url.safeParse(text).success).toBe(false);
  });
});

describe('image names', () => {
  it.each([
    ['localhost:5000', { registry: 'localhost:5000', prefix: [] }],
    ['ghcr.io/acme/team', { registry: 'ghcr.io', prefix: ['acme', 'team'] }],
    ['ghcr.io/', { registry: 'ghcr.io', prefix: [] }],
  ])('reads the registry %s', (text, read) => {
    expect(RegistryAddress.parse(text)).toEqual(read);
  });

  it.each(['', '-x', 'a b', 'https://ghcr.io', 'host:port', 'ghcr.io/Acme', 'u:p@ghcr.io'])(
    'refuses the registry %j',
    (text) => {
      expect(RegistryAddress.safeParse(text).success).toBe(false);
    },
  );

  it.each(['A', 'a/', '-a', 'a:b', 'a@sha256', '', 'a/../b'])('refuses the image %j', (text) => {
    expect(ImageName.safeParse(text).success).toBe(false);
  });

  it.each(['', '.a', '-a', 'a:b', 'a'.repeat(120)])('refuses the tag %j', (text) => {
    expect(TagPrefix.safeParse(text).success).toBe(false);
  });
});

describe('known tokens', () => {
  it.each([
    `ghp_${'a'.repeat(36)}`,
    `github_pat_${'A1_'.repeat(20)}`,
    `glpat-${'x'.repeat(20)}`,
    `AKIA${'Q'.repeat(16)}`,
    `Bearer gho_${'b'.repeat(36)}`,
    '-----BEGIN RSA PRIVATE KEY-----',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
  ])('are found in %s', (text) => {
    expect(looksLikeToken(text)).toBe(true);
  });

  it.each(['workload.yaml', 'ghp_', 'https://github.com/acme/shop', 'NODE_ENV=production', 'a'.repeat(40)])(
    'are not seen in %s',
    (text) => {
      expect(looksLikeToken(text)).toBe(false);
    },
  );

  it('are told by the path of their field', () => {
    expect(fieldsWithTokens({ a: [{ b: `ghp_${'a'.repeat(36)}` }], c: 'x' }, '')).toEqual(['a[0].b']);
  });
});

describe('nearNames', () => {
  it('gives the nearest names first and none that is far', () => {
    expect(nearNames('shop-apo', ['bank', 'shop-api', 'shop-app', 'shop'])).toEqual(['shop', 'shop-api', 'shop-app']);
  });
});
