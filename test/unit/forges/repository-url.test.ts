import { describe, expect, it } from 'vitest';
import { parseRepositoryUrl } from '../../../src/forges/repository-url.ts';

const settings = {
  httpHosts: ['127.0.0.1:3000'],
  forges: [
    { kind: 'github', host: 'ghe.example.com:8443', path: '' },
    { kind: 'gitea', host: '127.0.0.1:3000', path: '' },
    { kind: 'github', host: 'code.example.com', path: '' },
    { kind: 'gitea', host: 'code.example.com', path: '/git/tea' },
  ],
} as const;
const parse = (url: string) => parseRepositoryUrl(url, settings);

describe('parseRepositoryUrl', () => {
  it('finds the API of github.com, of an enterprise server and of Gitea', () => {
    expect(parseRepositoryUrl('https://github.com/acme/git.ops.git', { httpHosts: [], forges: [] })).toEqual({
      kind: 'github',
      host: 'github.com',
      owner: 'acme',
      name: 'git.ops',
      api: 'https://api.github.com',
    });
    expect(parse('https://ghe.example.com:8443/acme/gitops/').api).toBe('https://ghe.example.com:8443/api/v3');
    expect(parse('http://127.0.0.1:3000/acme/gitops')).toMatchObject({
      kind: 'gitea',
      api: 'http://127.0.0.1:3000/api/v1',
    });
  });

  it('knows gitlab.com with groups in groups, and bitbucket.org', () => {
    expect(parse('https://gitlab.com/acme/team/deep/gitops.git')).toEqual({
      kind: 'gitlab',
      host: 'gitlab.com',
      owner: 'acme/team/deep',
      name: 'gitops',
      api: 'https://gitlab.com/api/v4',
    });
    expect(parse('https://bitbucket.org/acme/gitops')).toMatchObject({ api: 'https://api.bitbucket.org/2.0' });
    for (const url of ['https://gitlab.com/gitops', 'https://gitlab.com/a//c', 'https://bitbucket.org/a/b/c'])
      expect(() => parse(url)).toThrow(expect.objectContaining({ type: 'InvalidRun' }));
  });

  it('finds a forge below a path, and another one beside it', () => {
    expect(parse('https://CODE.example.com/git/tea/acme/gitops.git')).toEqual({
      kind: 'gitea',
      host: 'code.example.com',
      owner: 'acme',
      name: 'gitops',
      api: 'https://code.example.com/git/tea/api/v1',
    });
    expect(parse('https://code.example.com/git/teapot').kind).toBe('github');
    expect(() => parse('https://code.example.com/git/tea/acme')).toThrow(/tea\/<owner>\/<repository>/);
  });

  it('names the setting for a host whose forge nobody told', () => {
    for (const url of ['https://git.example.com/acme/gitops', 'https://ghe.example.com/acme/gitops']) {
      expect(() => parse(url)).toThrow(
        expect.objectContaining({ type: 'NotAllowed', message: expect.stringMatching(/SLIPWAY_FORGES: g\S+=gitea/) }),
      );
    }
  });

  it('finds the API of a repository that git reaches by SSH', () => {
    expect(parse('ssh://git@github.com/acme/gitops.git')).toEqual(parse('https://github.com/acme/gitops.git'));
    expect(parse('ssh://git@altssh.gitlab.com:443/acme/deep/gitops')).toEqual(
      parse('https://gitlab.com/acme/deep/gitops'),
    );
    expect(parse('ssh://git@code.example.com:7999/git/tea/acme/gitops')).toMatchObject({
      kind: 'gitea',
      owner: 'acme',
    });
  });

  it('allows plain http only to a host and port that is named', () => {
    expect(() => parse('http://127.0.0.1:3001/a/b')).toThrow(expect.objectContaining({ type: 'NotAllowed' }));
    expect(() => parse('http://github.com/a/b')).toThrow(/SLIPWAY_HTTP_HOSTS/);
  });

  it.each([
    'git@github.com:acme/gitops.git',
    'file:///srv/gitops',
    'https://github.com/acme',
    'https://github.com/acme/gitops/tree/main',
    'https://github.com/acme/..%2f..%2fuser',
    'https://github.com/acme/gitops?x=1',
    '',
  ])('refuses %j as no repository', (url) => {
    expect(() => parse(url)).toThrow(expect.objectContaining({ type: 'InvalidRun' }));
  });

  it('refuses a URL with a password without repeating it', () => {
    expect(() => parse('https://user:hunter2@github.com/a/b')).toThrow(
      expect.objectContaining({ type: 'InvalidRun', message: expect.not.stringContaining('hunter2') }),
    );
  });
});
