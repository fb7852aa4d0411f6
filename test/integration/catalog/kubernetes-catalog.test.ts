import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { createKubernetesCatalog } from '../../../src/catalog/kubernetes-catalog.ts';
import { type KubeConnection, loadKubeConfig, openKubeConnection } from '../../../src/kubernetes/kube-connection.ts';
import { apiVersion } from '../../../src/openchoreo/kinds/fields.ts';
import { type FakeObjects, startFakeObjects } from '../../support/fake-objects.ts';
import { putObject, removeObject } from '../../support/put-object.ts';

let fake: FakeObjects;
let connection: KubeConnection;
let lifetime: AbortController;

beforeEach(async () => {
  fake = await startFakeObjects();
  connection = openKubeConnection(loadKubeConfig(fake.kubeconfig));
  lifetime = new AbortController();
});
afterEach(async () => {
  lifetime.abort();
  await fake.stop();
});

const open = (namespaces: readonly string[] | null = null, follow = true): Catalog =>
  createKubernetesCatalog({ connect: async () => connection, namespaces, lifetime: follow ? lifetime.signal : null });

const kinds = {
  components: 'Component',
  componenttypes: 'ComponentType',
  clustercomponenttypes: 'ClusterComponentType',
  componentworkflows: 'ComponentWorkflow',
} as const;
const put = (resource: keyof typeof kinds, namespace: string | undefined, name: string, spec: object = {}) =>
  putObject(connection, 'openchoreo', resource, {
    apiVersion,
    kind: kinds[resource],
    metadata: { name, namespace },
    spec,
  });
const component = (url: string) => ({ workflow: { systemParameters: { repository: { url, appPath: '.' } } } });
const namesOf = async (catalog: Catalog, paths?: readonly string[]) =>
  (await catalog.components(paths)).map(({ namespace, name }) => `${namespace}/${name}`).sort();

describe('the catalog of a cluster', () => {
  it('finds a resource as it is at that moment, and names all of a kind', async () => {
    const catalog = open();
    await put('componentworkflows', 'team-a', 'docker', { at: 1 });
    expect(await catalog.find('ComponentWorkflow', 'team-a', 'docker')).toMatchObject({ spec: { at: 1 } });
    await put('componentworkflows', 'team-a', 'docker', { at: 2 });
    await put('componentworkflows', 'team-a', 'another');
    await put('componentworkflows', 'team-b', 'elsewhere');
    expect(await catalog.find('ComponentWorkflow', 'team-a', 'docker')).toMatchObject({ spec: { at: 2 } });
    expect(await catalog.find('ComponentWorkflow', 'team-b', 'docker')).toBeUndefined();
    expect(await catalog.names('ComponentWorkflow', 'team-a')).toEqual(['another', 'docker']);
  });

  it('finds the components of a repository, and those that may be of any', async () => {
    await put('components', 'team-a', 'api', component('https://github.com/Acme/Shop.git'));
    await put('components', 'team-b', 'web', component('git@github.com:acme/shop.git'));
    await put('components', 'team-b', 'other', component('https://github.com/acme/other'));
    await put('components', 'team-b', 'unsaid', { autoBuild: true });
    const catalog = open();
    expect(await namesOf(catalog, ['acme/shop'])).toEqual(['team-a/api', 'team-b/unsaid', 'team-b/web']);
    expect(await namesOf(catalog)).toHaveLength(4);
    expect(await catalog.namespaces()).toEqual(['team-a', 'team-b']);
  });

  it('follows what changes, and gives the very same object where nothing did', async () => {
    const catalog = open();
    await put('components', 'team-a', 'api', component('https://github.com/acme/shop'));
    await put('components', 'team-a', 'web', component('https://github.com/acme/shop'));
    const [before] = await catalog.components(['acme/shop']);
    await put('components', 'team-a', 'web', component('https://github.com/acme/moved'));
    await expect.poll(() => namesOf(catalog, ['acme/moved'])).toEqual(['team-a/web']);
    expect((await catalog.components(['acme/shop'])).map(({ value }) => value)).toEqual([before?.value]);
    expect((await catalog.components(['acme/shop']))[0]?.value).toBe(before?.value);
    await removeObject(connection, 'openchoreo', 'components', { namespace: 'team-a', name: 'api' });
    await expect.poll(() => namesOf(catalog)).toEqual(['team-a/web']);
    expect(fake.calls.filter((call) => /components\?limit/.test(call))).toHaveLength(1);
  });

  it('stands still for many questions in a row, and asks nobody', async () => {
    await put('componenttypes', 'team-a', 'service', { at: 1 });
    await put('components', 'team-a', 'api', component('https://github.com/acme/shop'));
    const now = await open().now();
    await put('componenttypes', 'team-a', 'service', { at: 2 });
    const calls = fake.calls.length;
    expect(await now.find('ComponentType', 'team-a', 'service')).toMatchObject({ spec: { at: 1 } });
    expect(await now.names('ComponentType', 'team-a')).toEqual(['service']);
    expect(await namesOf(await now.now())).toEqual(['team-a/api']);
    expect(fake.calls).toHaveLength(calls);
  });

  it('watches nothing in a process that ends soon', async () => {
    const catalog = open(null, false);
    await put('components', 'team-a', 'api');
    expect(await namesOf(catalog)).toEqual(['team-a/api']);
    expect(fake.calls.filter((call) => call.includes('watch'))).toEqual([]);
  });

  it('asks only for the namespaces of the setting, and refuses others', async () => {
    const catalog = open(['team-a', 'team-c']);
    for (const namespace of ['team-a', 'team-b', 'team-c']) await put('components', namespace, 'api');
    const { length } = fake.calls;
    expect(await namesOf(catalog)).toEqual(['team-a/api', 'team-c/api']);
    const refusal = { type: 'NotAllowed', message: expect.stringContaining('team-a, team-c') };
    await expect(catalog.find('Component', 'team-b', 'api')).rejects.toMatchObject(refusal);
    await expect(catalog.names('Component', 'team-b')).rejects.toMatchObject(refusal);
    await expect((await catalog.now()).find('Component', 'team-b', 'api')).rejects.toMatchObject(refusal);
    expect(fake.calls.slice(length).filter((call) => !/namespaces\/team-[ac]\//.test(call))).toEqual([]);
  });
});

describe('a type of the whole cluster', () => {
  const findType = (catalog: Catalog) => catalog.find('ClusterComponentType', '', 'service');

  it('is found whatever the namespaces of the setting, and the very same as long as it does not change', async () => {
    const catalog = open(['team-a']);
    await put('clustercomponenttypes', undefined, 'service', { at: 1 });
    expect(await findType(catalog)).toMatchObject({ spec: { at: 1 } });
    expect(await catalog.names('ClusterComponentType', '')).toEqual(['service']);
    const before = await findType(await catalog.now());
    expect(before).toMatchObject({ spec: { at: 1 } });
    expect(await findType(await catalog.now())).toBe(before);
    await put('clustercomponenttypes', undefined, 'service', { at: 2 });
    await expect.poll(async () => findType(await catalog.now())).toMatchObject({ spec: { at: 2 } });
  });

  it('concerns nobody else where it may not be read, or the cluster does not know the kind', async () => {
    const catalog = open();
    await put('components', 'team-a', 'api');
    fake.fault = (call) => (call.includes('clustercomponenttypes') ? { status: 403, message: 'forbidden' } : undefined);
    const now = await catalog.now();
    const refusal = { type: 'NotAllowed', message: expect.stringContaining('list clustercomponenttypes') };
    for (let twice = 0; twice < 2; twice++) await expect(findType(now)).rejects.toMatchObject(refusal);
    expect(fake.calls.filter((call) => call.includes('clustercomponenttypes'))).toHaveLength(1);
    expect(await namesOf(now)).toEqual(['team-a/api']);
    fake.fault = () => undefined;
    fake.unknown.add('clustercomponenttypes');
    await expect(findType(await catalog.now())).rejects.toMatchObject({ type: 'ManifestInvalid' });
  });
});

describe('where the cluster', () => {
  it('does not know a kind, says what to install', async () => {
    fake.unknown.add('componentworkflows');
    const catalog = open();
    const failure = {
      type: 'ManifestInvalid',
      message: expect.stringMatching(/knows no componentworkflows.*Install/s),
    };
    await expect(catalog.find('ComponentWorkflow', 'team-a', 'docker')).rejects.toMatchObject(failure);
    await expect(catalog.names('ComponentWorkflow', 'team-a')).rejects.toMatchObject(failure);
    await expect(catalog.components()).rejects.toMatchObject(failure);
  });

  it.each([
    [
      403,
      'components is forbidden: User "w" cannot list resource',
      'AccessDenied',
      'list components in all namespaces',
    ],
    [503, 'the server is currently unable to handle the request', 'Unavailable', 'could not'],
  ])('answers %i, says so each time, and works again afterwards', async (status, message, type, text) => {
    const catalog = open();
    await put('components', 'team-a', 'api');
    fake.fault = (call) => (call.includes('components') ? { status, message } : undefined);
    for (let twice = 0; twice < 2; twice++)
      await expect(catalog.components()).rejects.toMatchObject({ type, message: expect.stringContaining(text) });
    fake.fault = () => undefined;
    expect(await namesOf(catalog)).toEqual(['team-a/api']);
  });

  it('cannot be opened, tries again with the next question', async () => {
    let tries = 0;
    const connect = async () => {
      tries += 1;
      if (tries === 1) throw new Error('no kubeconfig');
      return connection;
    };
    const catalog = createKubernetesCatalog({ connect, namespaces: null, lifetime: lifetime.signal });
    await expect(catalog.components()).rejects.toThrow('no kubeconfig');
    expect(await catalog.components()).toEqual([]);
  });
});
