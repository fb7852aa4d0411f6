import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/failures.ts';
import { branchRef, checkRepositoryUrl, isFullSha, isShortSha, isTreePath } from '../../../src/git/addresses.ts';

const settings = { httpHosts: ['127.0.0.1:3000', 'git.local'], allowFile: false };

function refusal(url: string, more: Partial<typeof settings> = {}): Failure {
  try {
    checkRepositoryUrl(url, { ...settings, ...more });
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error(`${url} is accepted`);
}

describe('checkRepositoryUrl', () => {
  it('takes https everywhere and http only where it is configured', () => {
    expect(checkRepositoryUrl('https://GitHub.com/acme/shop.git/', settings)).toBe('https://github.com/acme/shop.git');
    expect(checkRepositoryUrl('http://127.0.0.1:3000/acme/shop', settings)).toBe('http://127.0.0.1:3000/acme/shop');
    expect(checkRepositoryUrl('http://git.local/a', settings)).toBe('http://git.local/a');
    expect(refusal('http://git.local:81/a').type).toBe('NotAllowed');
    expect(refusal('http://github.com/acme/shop').message).toContain('github.com');
  });

  it('takes files only where they are allowed', () => {
    expect(refusal('file:///srv/a.git').type).toBe('NotAllowed');
    expect(checkRepositoryUrl('file:///srv/a.git', { ...settings, allowFile: true })).toBe('file:///srv/a.git');
    expect(refusal('file://elsewhere/a.git', { allowFile: true }).type).toBe('NotAllowed');
  });

  it('takes SSH with a user and nothing else', () => {
    const url = 'ssh://git@git.acme.example:7999/acme/shop.git';
    expect(checkRepositoryUrl(`${url}/`, settings)).toBe(url);
    for (const wrong of [
      'ssh://github.com/acme/shop',
      'ssh://git:s3cret@github.com/acme/shop',
      'ssh://-oProxyCommand=x@github.com/acme/shop',
      'ssh://git@-oProxyCommand=x/acme/shop',
      'ssh://git@github.com/',
      'ssh://git@github.com/acme?x',
    ])
      expect(refusal(wrong)).toMatchObject({ type: 'InvalidRun', message: expect.not.stringContaining('s3cret') });
  });

  it.each([
    'git://github.com/acme/shop',
    'ext::sh -c id',
    '--upload-pack=x',
    'git@github.com:acme/shop',
    '/srv/a.git',
    '',
  ])('refuses %j', (url) => {
    expect(['InvalidRun', 'NotAllowed']).toContain(refusal(url).type);
  });

  it('refuses credentials, queries and control characters without repeating them', () => {
    for (const url of [
      'https://user:s3cret@github.com/a/b',
      'https://s3cret@github.com/a/b',
      'https://github.com/a?token=s3cret',
      'https://github.com/a\ns3cret',
    ]) {
      const failure = refusal(url);
      expect(failure.type).toBe('InvalidRun');
      expect(failure.message).not.toContain('s3cret');
    }
  });
});

describe('branchRef', () => {
  it.each(['main', 'release/1.0', 'dependabot/npm/@types/node-1', 'fix/#12', 'größe'])('takes %j', (branch) => {
    expect(branchRef(branch)).toBe(`refs/heads/${branch}`);
  });

  it.each([
    '',
    '-x',
    'a..b',
    'a b',
    'a:b',
    'a*',
    'a^',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.',
    '@',
    'a@{1}',
    'a\\b',
    'a\u0000',
    'a\n',
    'x'.repeat(256),
  ])('refuses %j', (branch) => {
    expect(() => branchRef(branch)).toThrow('is no name of a branch');
  });
});

describe('ids and paths', () => {
  it('knows full and short ids', () => {
    expect([isFullSha('a'.repeat(40)), isFullSha('a'.repeat(39)), isFullSha('A'.repeat(40))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isShortSha('abcdef1'), isShortSha('abcdef'), isShortSha('main'), isShortSha('a'.repeat(40))]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('knows what a tree can hold', () => {
    expect(['a', 'a/b.yaml', 'ä/ö', '-x', 'a b'].every(isTreePath)).toBe(true);
    expect(
      ['', '/a', 'a/', './a', '../a', 'a/../b', '.git/config', 'a/.GIT/x', 'a\0b', 'a\\b', '.'].some(isTreePath),
    ).toBe(false);
  });
});
