import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectorySecrets } from '../../../src/secrets/directory-secrets.ts';
import { createEnvironmentSecrets } from '../../../src/secrets/environment-secrets.ts';

describe('createDirectorySecrets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
    await mkdir(join(folder, 'team-a'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('prefers the namespace and falls back to the global secret', async () => {
    await writeFile(join(folder, 'git-token'), 'global\n');
    await writeFile(join(folder, 'team-a', 'git-token'), 'own\r\n');
    const secrets = createDirectorySecrets(folder);

    expect(await secrets.read('git-token', 'team-a')).toBe('own');
    expect(await secrets.read('git-token', 'team-b')).toBe('global');
    expect(await secrets.read('gitops-token', 'team-a')).toBeUndefined();
    expect(secrets.places('git-token', 'team-a')).toEqual([
      join(folder, 'team-a', 'git-token'),
      join(folder, 'git-token'),
    ]);
  });

  it('keeps all but the last newline and takes an empty file for none', async () => {
    await writeFile(join(folder, 'config'), ' a\nb \n\n');
    await writeFile(join(folder, 'empty'), '\n');
    const secrets = createDirectorySecrets(folder);

    expect(await secrets.read('config', 'default')).toBe(' a\nb \n');
    expect(await secrets.read('empty', 'default')).toBeUndefined();
  });

  it('reads a mounted Secret and what it was rotated to', async () => {
    await mkdir(join(folder, '..2026_01'));
    await mkdir(join(folder, '..2026_02'));
    await writeFile(join(folder, '..2026_01', 'git-token'), 'old');
    await writeFile(join(folder, '..2026_02', 'git-token'), 'new');
    await symlink('..2026_01', join(folder, '..data'));
    await symlink('..data/git-token', join(folder, 'git-token'));
    const secrets = createDirectorySecrets(folder);
    expect(await secrets.read('git-token', 'default')).toBe('old');

    await symlink('..2026_02', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));

    expect(await secrets.read('git-token', 'default')).toBe('new');
  });

  it.each([
    ['../secret', 'default'],
    ['a/b', 'default'],
    ['..', 'default'],
    ['', 'default'],
    ['git-token', '..'],
    ['git-token', '../other'],
    ['git-token', '..data'],
    ['git\0token', 'default'],
  ])('refuses the key %j in the namespace %j', async (key, namespace) => {
    await expect(createDirectorySecrets(folder).read(key, namespace)).rejects.toMatchObject({ type: 'SecretMissing' });
  });

  it('does not take the folder of a namespace for a secret', async () => {
    expect(await createDirectorySecrets(folder).read('team-a', 'default')).toBeUndefined();
  });
});

describe('createEnvironmentSecrets', () => {
  const secrets = createEnvironmentSecrets({
    SLIPWAY_SECRET_GITOPS_TOKEN: 'global\n',
    SLIPWAY_SECRET_TEAM_A__GITOPS_TOKEN: 'own',
    SLIPWAY_SECRET_CA_CRT: 'authority',
    SLIPWAY_SECRET_GIT_TOKEN_GIT_ACME_COM: 'of git.acme.com',
    SLIPWAY_SECRET_GIT_TOKEN: '',
  });

  it('prefers the namespace and falls back to the global variable', async () => {
    expect(await secrets.read('gitops-token', 'team-a')).toBe('own');
    expect(await secrets.read('gitops-token', 'team-b')).toBe('global');
    expect(await secrets.read('ca.crt', 'default')).toBe('authority');
    expect(secrets.places('gitops-token', 'team-a')).toEqual([
      'SLIPWAY_SECRET_TEAM_A__GITOPS_TOKEN',
      'SLIPWAY_SECRET_GITOPS_TOKEN',
    ]);
  });

  it('takes an empty variable for none', async () => {
    expect(await secrets.read('git-token', 'default')).toBeUndefined();
  });

  it('never gives the secret of one host for another that is written alike', async () => {
    expect(await secrets.read('git-token.git.acme.com', 'default')).toBe('of git.acme.com');
    expect(await secrets.read('git-token.git-acme.com', 'default')).toBeUndefined();
    expect(await secrets.read('git-token.git.acme-com', 'default')).toBeUndefined();
  });
});

describe('all secrets of a key', () => {
  const expected = [
    { namespace: null, value: 'general' },
    { namespace: 'team-a', value: 'own' },
  ];

  it('are found in the folders of namespaces, and nowhere else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
    try {
      for (const name of ['team-a', '..2026_01', 'empty', 'Odd']) await mkdir(join(folder, name));
      await writeFile(join(folder, 'github-secret'), 'general\n');
      await writeFile(join(folder, 'team-a', 'github-secret'), 'own\n');
      await writeFile(join(folder, '..2026_01', 'github-secret'), 'hidden');
      await writeFile(join(folder, 'Odd', 'github-secret'), 'odd');
      await writeFile(join(folder, 'empty', 'github-secret'), '\n');

      expect(await createDirectorySecrets(folder).all('github-secret')).toEqual(expected);
      expect(await createDirectorySecrets(join(folder, 'none')).all('github-secret')).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are found in variables', async () => {
    const secrets = createEnvironmentSecrets({
      SLIPWAY_SECRET_GITHUB_SECRET: 'general',
      SLIPWAY_SECRET_TEAM_A__GITHUB_SECRET: 'own',
      SLIPWAY_SECRET_TEAM_B__GITHUB_SECRET: '',
      SLIPWAY_SECRET_TEAM_A__GITHUB_SECRET_2: 'of another key',
    });

    expect(await secrets.all('github-secret')).toEqual(expected);
  });
});
