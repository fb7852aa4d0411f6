import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readWorkflow } from '../../src/controller/argo-workflow.ts';
import { KubeObject } from '../../src/kubernetes/follow-objects.ts';
import { argoWorkflow } from '../support/argo-workflow.ts';
import { installArgoKinds } from '../support/cluster/argo.ts';
import { allow } from '../support/cluster/openchoreo.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { pullRequests } from '../support/gitops.ts';
import { smallBuild } from '../support/start-cluster-world.ts';

const cluster = useCluster();
const test = await prepareWorld(cluster);
// Ours would be for the other mode.
await cluster.kubectl(['delete', 'crd', 'componentworkflowruns.openchoreo.dev', '--ignore-not-found']);
await installArgoKinds(cluster);
await allow(cluster, 'executor/executor');
afterAll(() => cluster.kubectl(['delete', '--kustomize', 'deploy/rbac/executor', '--ignore-not-found']));

const run = (verb: string, name: string, ...more: readonly string[]) =>
  test.kubectl(verb, 'workflows.argoproj.io', name, ...more);
const field = (name: string, path: string) => run('get', name, '--output', `jsonpath={${path}}`);
const becomes = (name: string, phase: string) =>
  run('wait', name, `--for=jsonpath={.status.phase}=${phase}`, '--timeout=120s');
const builds = async (name: string) => {
  while ((await test.jobsOf(name)).pods.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
};

/** As OpenChoreo renders it. */
async function apply(name: string, commit: string, given: Readonly<Record<string, string>> = {}): Promise<void> {
  const { repositories } = test.world;
  const small = Object.entries(smallBuild).map(([key, value]) => [`slipway-${key}`, value]);
  const { metadata, ...workflow } = argoWorkflow(
    {
      'component-name': 'greeter',
      'project-name': 'demo',
      'git-repo': repositories.source,
      commit,
      'app-path': '.',
      'docker-context': '.',
      'dockerfile-path': './Dockerfile',
      'gitops-repo-url': repositories.gitops,
      'registry-url': cluster.registry,
      'image-name': 'demo-greeter-image',
      ...Object.fromEntries(small),
      ...given,
    },
    name,
  );
  const { serviceAccountName: _, ...spec } = workflow.spec;
  const object = { ...workflow, spec, metadata: { ...metadata, namespace: test.namespace } };
  await cluster.kubectl(['apply', '--filename', '-'], object);
}

await test.startWorker({ SLIPWAY_EXECUTOR: 'true' });
await test.startController('executor');
await test.startController('executor');

it('makes of a Workflow as OpenChoreo renders it an image and a pull request, and kubectl shows it', async () => {
  await apply('whole', await test.world.commitChange('executed in place of Argo'));

  await becomes('whole', 'Succeeded');

  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  expect(await pullRequests(test.world.repositories.gitops, token)).toHaveLength(1);
  const [columns = '', row = ''] = (await run('get', 'whole')).split('\n');
  expect(columns.split(/\s+/)).toEqual(['NAME', 'STATUS', 'AGE', 'MESSAGE']);
  expect(row).toMatch(/whole\s+Succeeded\s+\S+\s+http\S+\/pull/);
  const { status } = readWorkflow(KubeObject.parse(JSON.parse(await run('get', 'whole', '--output', 'json'))));
  const pushed = Object.values(status.nodes ?? {}).find(({ templateName }) => templateName === 'publish-image');
  expect(pushed?.outputs?.parameters[0]?.value).toMatch(/@sha256:[0-9a-f]{64}$/);
  const labels = ['--selector', 'workflows.argoproj.io/workflow=whole', '--all-containers=true', '--tail=-1'];
  expect(await test.kubectl('logs', ...labels)).toContain('FROM');
});

it('ends the build of a Workflow that is deleted, and only then lets it go', async () => {
  await apply('deleted', await test.world.commitChange('deleted during the build'));
  await builds('deleted');

  await run('delete', 'deleted', '--timeout=90s');

  expect(await test.jobsOf('deleted')).toEqual({ jobs: [], pods: [] });
});

it('ends the build of a Workflow that is to stop', async () => {
  await apply('stopped', await test.world.commitChange('stopped during the build'));
  await builds('stopped');

  await run('patch', 'stopped', '--type=merge', '--patch', '{"spec":{"shutdown":"Stop"}}');

  await becomes('stopped', 'Failed');
  expect(await field('stopped', '.status.message')).toBe("Stopped with strategy 'Stop'");
  expect((await test.jobsOf('stopped')).jobs).toEqual([]);
});

it('says for which Secret a Workflow waits', async () => {
  const secrets = { 'gitops-git-secret': 'waiting-gitops' };
  await apply('waiting', await test.world.commitChange('waits for a Secret'), secrets);
  await becomes('waiting', 'Pending');
  expect(await field('waiting', '.status.message')).toContain(`waits for the Secret ${test.namespace}/waiting-gitops`);
  await run('delete', 'waiting', '--timeout=60s');
});

it('refuses to begin beside an Argo controller of the same instance, and begins beside another', async () => {
  const place = ['--namespace', test.namespace];
  const image = '--image=quay.io/argoproj/workflow-controller:v3.6';
  await cluster.kubectl(['create', 'deployment', 'argo', image, ...place]);
  await expect(test.startController('executor')).rejects.toThrow(
    `The Argo controller ${test.namespace}/argo executes Workflows without an instance id too`,
  );
  const instance = ['configmap', 'workflow-controller-configmap', '--from-literal=config=instanceID: theirs'];
  await cluster.kubectl(['create', ...instance, ...place]);
  await test.startController('executor');
});
