import { describe, expect, it } from 'vitest';
import { parseGithubUrl } from '../../../../src/forges/github/repository-url.ts';

describe('parseGithubUrl', () => {
  it('finds the API of github.com and of an enterprise server', () => {
    expect(parseGithubUrl('https://github.com/acme/git.ops.git', [])).toEqual({
      host: 'github.com',
      owner: 'acme',
      name: 'git.ops',
      api: 'https://api.github.com',
    });
    expect(parseGithubUrl('https://code.example.com:8443/acme/gitops/', []).api).toBe(
      'https://code.example.com:8443/api/v3',
    );
  });

  it('allows plain http only to a host and port that is named', () => {
    expect(parseGithubUrl('http://127.0.0.1:3000/a/b', ['127.0.0.1:3000']).api).toBe('http://127.0.0.1:3000/api/v3');
    expect(() => parseGithubUrl('http://127.0.0.1:3001/a/b', ['127.0.0.1:3000'])).toThrow(
      expect.objectContaining({ type: 'NotAllowed' }),
    );
    expect(() => parseGithubUrl('http://github.com/a/b', [])).toThrow(/SLIPWAY_HTTP_HOSTS/);
  });

  it.each([
    'git@github.com:acme/gitops.git',
    'ssh://git@github.com/acme/gitops',
    'file:///srv/gitops',
    'https://github.com/acme',
    'https://github.com/acme/gitops/tree/main',
    'https://github.com/acme/..%2f..%2fuser',
    'https://github.com/acme/gitops?x=1',
    '',
  ])('refuses %j as no repository', (url) => {
    expect(() => parseGithubUrl(url, [])).toThrow(expect.objectContaining({ type: 'InvalidRun' }));
  });

  it('refuses a URL with a password without repeating it', () => {
    expect(() => parseGithubUrl('https://user:hunter2@github.com/a/b', [])).toThrow(
      expect.objectContaining({ type: 'InvalidRun', message: expect.not.stringContaining('hunter2') }),
    );
  });
});
