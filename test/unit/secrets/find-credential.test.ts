import { describe, expect, it } from 'vitest';
import { createFindCredential } from '../../../src/secrets/find-credential.ts';
import type { SecretSource } from '../../../src/secrets/secret-source.ts';

function secretsOf(values: Readonly<Record<string, string>>): SecretSource {
  return {
    read: async (key, namespace) => values[`${namespace}/${key}`] ?? values[key],
    places: (key, namespace) => [`${namespace}/${key}`, key],
  };
}

const github = 'https://github.com/acme/shop';

describe('createFindCredential', () => {
  it('gives the general token to github.com', async () => {
    const find = createFindCredential({ secrets: secretsOf({ 'git-token': 'a', 'team/git-token': 'b' }) });

    expect(await find('git-token', github, 'default')).toEqual({ kind: 'token', token: 'a' });
    expect(await find('git-token', 'https://GitHub.com:443/acme/shop', 'team')).toEqual({ kind: 'token', token: 'b' });
  });

  it.each([
    'https://evil.example/a',
    'https://github.com.evil.example/a',
    'https://evil.github.com/a',
    'https://github.com:8443/a',
    'https://github.com@evil.example/a',
  ])('never gives it to %s', async (url) => {
    const find = createFindCredential({ secrets: secretsOf({ 'git-token': 'a', 'status-token': 'b' }) });

    expect(await find('git-token', url, 'default')).toEqual({ kind: 'unbound', host: new URL(url).host });
    expect(await find('status-token', url, 'default')).toMatchObject({ kind: 'unbound' });
  });

  it('gives the token of a host to that host alone, and before the general one', async () => {
    const find = createFindCredential({
      secrets: secretsOf({
        'gitops-token': 'general',
        'gitops-token.git.acme.example_8443': 'own',
        'gitops-token.github.com': 'hub',
      }),
    });

    expect(await find('gitops-token', 'https://git.acme.example:8443/a', 'default')).toEqual({
      kind: 'token',
      token: 'own',
    });
    expect(await find('gitops-token', 'https://git.acme.example/a', 'default')).toEqual({
      kind: 'unbound',
      host: 'git.acme.example',
    });
    expect(await find('gitops-token', github, 'default')).toEqual({ kind: 'token', token: 'hub' });
  });

  it('gives the general token to the hosts of the setting instead', async () => {
    const find = createFindCredential({
      secrets: secretsOf({ 'git-token': 'a' }),
      hosts: ['Git.Acme.Example', '127.0.0.1:3000'],
    });

    expect(await find('git-token', 'https://git.acme.example/a', 'default')).toMatchObject({ kind: 'token' });
    expect(await find('git-token', 'http://127.0.0.1:3000/a', 'default')).toMatchObject({ kind: 'token' });
    expect(await find('git-token', github, 'default')).toMatchObject({ kind: 'unbound' });
  });

  it('replaces a missing status-token by the git-token, and no other', async () => {
    const find = createFindCredential({ secrets: secretsOf({ 'git-token': 'a' }) });

    expect(await find('status-token', github, 'default')).toEqual({ kind: 'token', token: 'a' });
    expect(await find('gitops-token', github, 'team')).toEqual({
      kind: 'missing',
      places: ['team/gitops-token.github.com', 'gitops-token.github.com', 'team/gitops-token', 'gitops-token'],
    });
  });
});
