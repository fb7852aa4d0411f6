import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createKubernetesCatalog } from '../../src/catalog/kubernetes-catalog.ts';
import { checkClusterCatalog } from '../../src/doctor/cluster-catalog.ts';
import { loadKubeConfig, openKubeConnection } from '../../src/kubernetes/kube-connection.ts';
import { createKubernetesSecrets } from '../../src/secrets/kubernetes-secrets.ts';
import { writeRoleKubeconfig } from '../support/cluster/namespaces.ts';
import { allow, installKinds } from '../support/cluster/openchoreo.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';

const cluster = useCluster();
const namespace = await makeNamespace(cluster);
await installKinds(cluster);
await allow(cluster, 'worker');
await allow(cluster, 'catalog');
await allow(cluster, 'secrets', namespace);
const folder = await mkdtemp(join(tmpdir(), 'slipway-catalog-'));
const connection = openKubeConnection(loadKubeConfig(await writeRoleKubeconfig(cluster, folder, 'worker')));
const connect = async () => connection;
const lifetime = new AbortController();
afterAll(async () => {
  lifetime.abort();
  await rm(folder, { recursive: true });
});

const apply = (kind: string, name: string, spec: object) =>
  cluster.kubectl(['apply', '--filename', '-'], {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec,
  });
const sourceOf = (url: string) => ({ workflow: { systemParameters: { repository: { url } } } });

describe('with the rights of deploy/rbac', () => {
  it('a catalog finds what is applied, and follows what changes', async () => {
    const catalog = createKubernetesCatalog({ connect, namespaces: null, lifetime: lifetime.signal });
    const path = `${namespace}/shop`;
    const names = async () => (await catalog.components([path])).map(({ name }) => name).sort();
    await apply('Component', 'api', sourceOf(`https://github.com/${path}`));
    await apply('ComponentWorkflow', 'docker', { runTemplate: {} });
    expect(await catalog.find('ComponentWorkflow', namespace, 'docker')).toMatchObject({ spec: { runTemplate: {} } });
    expect(await catalog.find('ComponentWorkflow', namespace, 'other')).toBeUndefined();
    expect(await catalog.names('ComponentWorkflow', namespace)).toEqual(['docker']);
    expect(await names()).toEqual(['api']);
    await apply('Component', 'web', sourceOf(`git@github.com:${path}.git`));
    await expect.poll(names).toEqual(['api', 'web']);
    await cluster.kubectl(['delete', 'components.openchoreo.dev', 'api', '--namespace', namespace]);
    await expect.poll(names).toEqual(['web']);
  });

  it('slipway doctor finds nothing to mend', async () => {
    expect(await checkClusterCatalog(connect, null).run(AbortSignal.timeout(20_000))).toMatchObject({ state: 'ok' });
  });

  it('two Secrets can be read by their names, a rotated one without a restart, and no other', async () => {
    const secrets = createKubernetesSecrets({ connect, general: namespace, namespaces: [], memoryMs: 100 });
    expect(await secrets.read('gitops-token', 'default')).toBeUndefined();
    const put = (name: string, key: string, value: string) =>
      cluster.kubectl(['apply', '--filename', '-'], {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: { [key]: value },
      });
    await put('slipway-secrets', 'gitops-token', 'first\n');
    await put('git-webhook-secrets', 'github-secret', 'signed');
    await expect.poll(() => secrets.read('gitops-token', 'default')).toBe('first');
    await put('slipway-secrets', 'gitops-token', 'second');
    await expect.poll(() => secrets.read('gitops-token', 'default')).toBe('second');
    expect(await secrets.all('github-secret')).toEqual([{ namespace: null, value: 'signed' }]);

    const elsewhere = createKubernetesSecrets({ connect, general: 'default', namespaces: [] });
    const refusal = { type: 'AccessDenied', message: expect.stringContaining('get secrets in namespace default') };
    await expect(elsewhere.read('gitops-token', 'default')).rejects.toMatchObject(refusal);
  });
});

describe('the definition of ComponentWorkflowRun', () => {
  const repository = { url: 'https://github.com/acme/shop', revision: { branch: 'main', commit: '' }, appPath: '.' };
  const run = (name: string, changes: object = {}) => ({
    owner: { projectName: 'shop', componentName: 'api' },
    workflow: {
      name: 'docker',
      systemParameters: { repository: { ...repository, ...changes } },
      parameters: { docker: { filePath: name } },
    },
  });

  it('takes runs as people write them, keeps their parameters, and shows columns', async () => {
    await apply('ComponentWorkflowRun', 'good', run('Dockerfile'));
    const get = ['get', 'componentworkflowruns', 'good', '--namespace', namespace];
    expect(JSON.parse(await cluster.kubectl([...get, '--output', 'json']))).toMatchObject({ spec: run('Dockerfile') });
    const [columns, row] = (await cluster.kubectl(get)).split('\n');
    expect(columns).toMatch(/^NAME\s+COMPONENT\s+COMMIT\s+PHASE\s+PR\s+AGE$/);
    expect(row).toMatch(/^good\s+api\s/);
    expect(await cluster.kubectl(['explain', 'componentworkflowrun.status.pullRequest'])).toContain('url');
  });

  it.each([
    ['an unknown field', { brnch: 'main' }, 'brnch'],
    ['a commit that is none', { revision: { branch: 'main', commit: 'v1.0' } }, 'commit'],
    ['no branch', { revision: {} }, 'branch'],
  ])('refuses %s', async (_, changes, field) => {
    await expect(apply('ComponentWorkflowRun', 'bad', run('Dockerfile', changes))).rejects.toThrow(field);
  });
});
