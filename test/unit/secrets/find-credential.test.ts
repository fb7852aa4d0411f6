import { describe, expect, it } from 'vitest';
import { createFindCredential, createFindSshLogin } from '../../../src/secrets/find-credential.ts';
import type { SecretSource } from '../../../src/secrets/secret-source.ts';

function secretsOf(values: Readonly<Record<string, string>>): SecretSource {
  return {
    read: async (key, namespace) => values[`${namespace}/${key}`] ?? values[key],
    readFirst: async (keys, namespace) =>
      [...keys.map((key) => `${namespace}/${key}`), ...keys].map((place) => values[place]).find(Boolean),
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

  it("takes a namespace's own plain token before another's for the host", async () => {
    const values = { 'git-token.github.com': 'hub', 'team/git-token': 'own', 'git-token': 'general' };
    const find = createFindCredential({ secrets: secretsOf(values) });

    expect(await find('git-token', github, 'team')).toEqual({ kind: 'token', token: 'own' });
    expect(await find('git-token', github, 'default')).toEqual({ kind: 'token', token: 'hub' });
    const both = createFindCredential({ secrets: secretsOf({ ...values, 'team/git-token.github.com': 'nearest' }) });
    expect(await both('git-token', github, 'team')).toEqual({ kind: 'token', token: 'nearest' });
  });

  it('gives a GitHub App where there is no token, to its own hosts only', async () => {
    const values = { 'github-app-id': '7', 'github-app-private-key': 'pem', 'team/gitops-token': 'own' };
    const find = createFindCredential({ secrets: secretsOf(values) });

    expect(await find('gitops-token', github, 'default')).toMatchObject({
      kind: 'app',
      app: { id: '7', privateKey: 'pem' },
    });
    expect(await find('gitops-token', github, 'team')).toEqual({ kind: 'token', token: 'own' });
    expect(await find('gitops-token', 'https://ghe.acme.example/a', 'default')).toMatchObject({ kind: 'unbound' });
    const ofHost = { 'github-app-id.ghe.acme.example': '8', 'github-app-private-key.ghe.acme.example': 'pem8' };
    const enterprise = createFindCredential({ secrets: secretsOf({ ...values, ...ofHost }) });
    expect(await enterprise('gitops-token', 'https://ghe.acme.example/a', 'default')).toMatchObject({
      app: { id: '8', privateKey: 'pem8' },
    });
    const half = createFindCredential({ secrets: secretsOf({ 'github-app-id': '7' }) });
    expect(await half('git-token', github, 'default')).toMatchObject({ kind: 'missing' });
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

describe('a Secret that a run names', () => {
  const named = {
    ...secretsOf({ 'git-token': 'general' }),
    named: (secret: string) => secretsOf({ 'team/git-token': `of ${secret}` }),
  };

  it('is the only place that is looked at, and goes to the hosts of the setting only', async () => {
    const find = createFindCredential({ secrets: named });
    expect(await find('git-token', github, 'team', 'mine')).toEqual({ kind: 'token', token: 'of mine' });
    expect(await find('git-token', github, 'other', 'mine')).toMatchObject({ kind: 'missing' });
    expect(await find('git-token', 'https://evil.example/a/b', 'team', 'mine')).toMatchObject({ kind: 'unbound' });
    expect(await find('git-token', github, 'team')).toEqual({ kind: 'token', token: 'general' });
  });

  it('is refused where secrets are no Secrets', async () => {
    const find = createFindCredential({ secrets: secretsOf({ 'git-token': 'general' }) });
    await expect(find('git-token', github, 'team', 'mine')).rejects.toMatchObject({ type: 'NotAllowed' });
  });
});

describe('createFindSshLogin', () => {
  const values = {
    'git-ssh-key': 'key',
    'git-known-hosts': 'hosts',
    'git-ssh-key.git.acme.example_7999': 'own key',
    'git-known-hosts.git.acme.example_7999': 'own hosts',
  };
  const find = createFindSshLogin({ secrets: secretsOf(values) });

  it('gives key and known hosts to the hosts that they are for', async () => {
    const general = { kind: 'ssh', login: { privateKey: 'key', knownHosts: 'hosts' } };
    expect(await find('ssh://git@github.com/acme/shop', 'default')).toEqual(general);
    expect(await find('ssh://git@GitHub.com:22/acme/shop', 'default')).toEqual(general);
    expect(await find('ssh://git@git.acme.example:7999/acme/shop', 'default')).toEqual({
      kind: 'ssh',
      login: { privateKey: 'own key', knownHosts: 'own hosts' },
    });
    expect(await find('ssh://git@git.acme.example/acme/shop', 'default')).toEqual({
      kind: 'unbound',
      host: 'git.acme.example',
    });
  });

  it('needs both, and says which is missing where', async () => {
    const only = createFindSshLogin({ secrets: secretsOf({ 'git-ssh-key': 'key' }) });

    expect(await only('ssh://git@github.com/acme/shop', 'team')).toEqual({
      kind: 'missing',
      keys: ['git-known-hosts'],
      places: [
        'team/git-known-hosts.github.com',
        'git-known-hosts.github.com',
        'team/git-known-hosts',
        'git-known-hosts',
      ],
    });
  });
});
