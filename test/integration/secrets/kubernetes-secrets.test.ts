import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KubeConnection, loadKubeConfig, openKubeConnection } from '../../../src/kubernetes/kube-connection.ts';
import { createKubernetesSecrets } from '../../../src/secrets/kubernetes-secrets.ts';
import { type FakeObjects, startFakeObjects } from '../../support/fake-objects.ts';
import { putObject, removeObject } from '../../support/put-object.ts';

let fake: FakeObjects;
let connection: KubeConnection;

beforeEach(async () => {
  fake = await startFakeObjects();
  connection = openKubeConnection(loadKubeConfig(fake.kubeconfig));
});
afterEach(async () => {
  vi.useRealTimers();
  await fake.stop();
});

const open = (namespaces: readonly string[] = ['team-a', 'team-b']) =>
  createKubernetesSecrets({ connect: async () => connection, general: 'slipway-system', namespaces });
const put = (namespace: string, name: string, texts: Readonly<Record<string, string>>) => {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  return putObject(connection, 'core', 'secrets', { metadata: { name, namespace }, data });
};

describe('secrets of Kubernetes', () => {
  it('are looked for in the namespace of the run, then in the general one', async () => {
    await put('slipway-system', 'slipway-secrets', { 'git-token': 'general', 'gitops-token': 'general too\n' });
    await put('team-a', 'slipway-secrets', { 'git-token': 'own' });
    const secrets = open();
    expect(await secrets.read('git-token', 'team-a')).toBe('own');
    expect(await secrets.read('git-token', 'team-b')).toBe('general');
    expect(await secrets.read('gitops-token', 'team-a')).toBe('general too');
    expect(await secrets.read('registry-auth', 'team-a')).toBeUndefined();
    expect(await secrets.read('constructor', 'team-a')).toBeUndefined();
    expect(secrets.places('git-token', 'team-a')).toEqual([
      'key git-token of Secret team-a/slipway-secrets',
      'key git-token of Secret team-a/git-webhook-secrets',
      'key git-token of Secret slipway-system/slipway-secrets',
      'key git-token of Secret slipway-system/git-webhook-secrets',
    ]);
  });

  it('are not looked for in a namespace that the setting does not name', async () => {
    await put('team-a', 'slipway-secrets', { 'git-token': 'own' });
    const secrets = open([]);
    expect(await secrets.read('git-token', 'team-a')).toBeUndefined();
    expect(fake.calls.filter((call) => call.startsWith('GET') && call.includes('team-a'))).toEqual([]);
    expect(secrets.places('git-token', 'team-a').join()).not.toContain('team-a');
  });

  it('of webhooks are also in the Secret of OpenChoreo, and each namespace may have its own', async () => {
    await put('slipway-system', 'git-webhook-secrets', { 'github-secret': 'general' });
    await put('team-b', 'git-webhook-secrets', { 'github-secret': 'of b' });
    const secrets = open();
    expect(await secrets.all('github-secret')).toEqual([
      { namespace: null, value: 'general' },
      { namespace: 'team-b', value: 'of b' },
    ]);
    expect(await secrets.all('gitlab-secret')).toEqual([]);
  });

  it('are remembered for seconds, so that a rotated one needs no restart', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await put('slipway-system', 'slipway-secrets', { 'gitops-token': 'old' });
    const secrets = open();
    const { length } = fake.calls;
    await Promise.all([1, 2, 3].map(() => secrets.read('gitops-token', 'team-z')));
    expect(fake.calls).toHaveLength(length + 1);
    await put('slipway-system', 'slipway-secrets', { 'gitops-token': 'new' });
    vi.advanceTimersByTime(6000);
    expect(await secrets.read('gitops-token', 'team-z')).toBe('new');
    await removeObject(connection, 'core', 'secrets', { namespace: 'slipway-system', name: 'slipway-secrets' });
    vi.advanceTimersByTime(6000);
    expect(await secrets.read('gitops-token', 'team-z')).toBeUndefined();
  });

  it('that may not be read are not taken for missing, and are asked for again', async () => {
    await put('slipway-system', 'slipway-secrets', { 'gitops-token': 'there' });
    const secrets = open();
    fake.fault = () => ({ status: 403, message: 'secrets "slipway-secrets" is forbidden' });
    const failure = {
      type: 'AccessDenied',
      message: expect.stringContaining('get secrets in namespace slipway-system'),
    };
    await expect(secrets.read('gitops-token', 'default')).rejects.toMatchObject(failure);
    await expect(secrets.all('github-secret')).rejects.toMatchObject({ type: 'AccessDenied' });
    fake.fault = () => undefined;
    expect(await secrets.read('gitops-token', 'default')).toBe('there');
  });

  it('of one Secret of the namespace are found under its own keys and those of its type, and nowhere else', async () => {
    await put('slipway-system', 'slipway-secrets', { 'git-token': 'general' });
    await put('team-a', 'mine', { username: 'u', password: 'of mine' });
    await put('team-a', 'deploy-key', { 'ssh-privatekey': 'key', known_hosts: 'hosts' });
    await put('team-a', 'both', { password: 'password', 'git-token': 'token', 'git-token.git.acme.io': 'of the host' });
    const mine = open().named?.('mine');
    expect(await mine?.readFirst(['git-token'], 'team-a')).toBe('of mine');
    expect(mine?.places('git-token', 'team-a')).toEqual(['key git-token or password of Secret team-a/mine']);
    const key = open().named?.('deploy-key');
    expect(await key?.readFirst(['git-ssh-key'], 'team-a')).toBe('key');
    expect(await key?.readFirst(['git-known-hosts'], 'team-a')).toBe('hosts');
    expect(await key?.readFirst(['git-token'], 'team-a')).toBeUndefined();
    const both = open().named?.('both');
    expect(await both?.readFirst(['git-token.git.acme.io', 'git-token'], 'team-a')).toBe('of the host');
    expect(await both?.readFirst(['git-token'], 'team-a')).toBe('token');
    expect(await open().named?.('nowhere').readFirst(['git-token'], 'team-a')).toBeUndefined();
  });

  it('of one Secret are read only in the namespaces of the setting', async () => {
    await put('team-z', 'mine', { password: 'of z' });
    const { length } = fake.calls;
    await expect(open().named?.('mine').readFirst(['git-token'], 'team-z')).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('SLIPWAY_SECRET_NAMESPACES'),
    });
    expect(fake.calls).toHaveLength(length);
  });

  it.each(['../x', 'a/b', ''])('refuse the key %j', async (key) => {
    await expect(open().read(key, 'default')).rejects.toMatchObject({ type: 'SecretMissing' });
  });
});
