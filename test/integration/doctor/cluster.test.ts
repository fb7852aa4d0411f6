import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkClusterCatalog } from '../../../src/doctor/cluster-catalog.ts';
import { checkClusterSecrets } from '../../../src/doctor/cluster-secrets.ts';
import { type KubeConnection, loadKubeConfig, openKubeConnection } from '../../../src/kubernetes/kube-connection.ts';
import { createKubernetesSecrets } from '../../../src/secrets/kubernetes-secrets.ts';
import { type FakeObjects, startFakeObjects } from '../../support/fake-objects.ts';
import { putObject } from '../../support/put-object.ts';

let fake: FakeObjects;
let connection: KubeConnection;

beforeEach(async () => {
  fake = await startFakeObjects();
  connection = openKubeConnection(loadKubeConfig(fake.kubeconfig));
});
afterEach(() => fake.stop());

const connect = async () => connection;
const limit = () => AbortSignal.timeout(5000);

describe('the check of a catalog in a cluster', () => {
  it('lists and watches every kind where the setting allows it', async () => {
    const object = { metadata: { name: 'any', namespace: 'team-a' } };
    for (const kind of ['components', 'componenttypes', 'componentworkflows', 'projects'])
      await putObject(connection, 'openchoreo', kind, object);
    expect(await checkClusterCatalog(connect, ['team-a']).run(limit())).toMatchObject({ state: 'ok' });
    expect(fake.calls.filter((call) => call.includes('watch=1') && call.includes('/team-a/'))).toHaveLength(4);
  });

  it.each([
    ['a kind is missing', () => fake.unknown.add('projects'), 'ManifestInvalid', 'projects'],
    ['watching is forbidden', () => forbid('watch=1'), 'AccessDenied', 'us to watch '],
    ['listing is forbidden', () => forbid('componenttypes'), 'AccessDenied', 'list componenttypes'],
  ])('says what to mend where %s', async (_, trouble, type, text) => {
    trouble();
    const failure = { type, message: expect.stringContaining(text) };
    await expect(checkClusterCatalog(connect, null).run(limit())).rejects.toMatchObject(failure);
  });
});

const forbid = (what: string) => {
  fake.fault = (call) => (call.includes(what) ? { status: 403, message: 'forbidden' } : undefined);
};

describe('the check of secrets in a cluster', () => {
  const check = () => {
    const secrets = createKubernetesSecrets({ connect, general: 'slipway-system', namespaces: ['team-a'] });
    return checkClusterSecrets(secrets, 'slipway-system', ['team-a']).run(limit());
  };

  it('says whether there is a gitops-token, and never what it is', async () => {
    expect(await check()).toMatchObject({
      state: 'warn',
      fix: expect.stringContaining('slipway-system/slipway-secrets'),
    });
    const metadata = { name: 'slipway-secrets', namespace: 'team-a' };
    await putObject(connection, 'core', 'secrets', { metadata, data: { 'gitops-token': 'c2VjcmV0' } });
    const found = await check();
    expect(found).toMatchObject({ state: 'ok' });
    expect(JSON.stringify(found)).not.toMatch(/c2VjcmV0|secret"/);
  });

  it('fails where one of the namespaces may not be read', async () => {
    forbid('/team-a/');
    await expect(check()).rejects.toMatchObject({ type: 'AccessDenied' });
  });
});
