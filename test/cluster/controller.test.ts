import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { allow, installKinds } from '../support/cluster/openchoreo.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { pullRequests } from '../support/gitops.ts';

const cluster = useCluster();
const test = await prepareWorld(cluster);
const { faults, kubectl } = cluster;
await installKinds(cluster);
for (const file of ['catalog', 'controller/controller']) await allow(cluster, file);

const names: string[] = [];
const kind = 'componentworkflowruns.openchoreo.dev';
/** kubectl on a run of this file, whose name nobody else has. */
const named = (name: string) => `${test.namespace.slice(-8)}-${name}`;
const run = (verb: string, name: string, ...more: readonly string[]) =>
  kubectl([verb, kind, named(name), '--namespace', 'default', ...more]);
const apply = async (name: string, commit: string) => {
  names.push(name);
  const object = sampleRun(named(name), commit, test.world.repositories.source);
  await kubectl(['apply', '--filename', '-'], object);
};
const becomes = (name: string, condition: string) =>
  run('wait', name, `--for=condition=${condition}`, '--timeout=120s');
const field = (name: string, path: string) => run('get', name, '--output', `jsonpath={${path}}`);

const resources = [
  'platform/component-types/service.yaml',
  'platform/component-workflows/docker-gitops-release.yaml',
  'projects/demo/project.yaml',
  'projects/demo/components/greeter/component.yaml',
].map((path) => `namespaces/default/${path}`);
for (const path of resources)
  await kubectl(['apply', '--namespace', 'default', '--filename', '-'], await test.readGitops(path));

await test.startWorker({ SLIPWAY_CATALOG: 'kubernetes:default' });
await test.startController();
await test.startController();
afterAll(async () => {
  for (const name of names) await run('delete', name, '--ignore-not-found', '--timeout=60s');
  for (const path of resources)
    await kubectl(['delete', '--namespace', 'default', '--filename', '-'], await test.readGitops(path));
});

it('makes of an applied run an image and a pull request, and kubectl shows all of it', async () => {
  await apply('whole', await test.world.commitChange('applied with kubectl'));

  await becomes('whole', 'WorkflowSucceeded');

  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  const [pullRequest] = await pullRequests(test.world.repositories.gitops, token);
  expect(pullRequest).toMatchObject({ state: 'open', head: { ref: await field('whole', '.status.branch') } });
  expect(await field('whole', '.status.imageStatus.image')).toMatch(/@sha256:[0-9a-f]{64}$/);
  expect(await field('whole', '.status.binding')).toBe('greeter-development');
  const [columns = '', row = ''] = (await run('get', 'whole')).split('\n');
  expect(columns.split(/\s+/)).toEqual(['NAME', 'COMPONENT', 'COMMIT', 'PHASE', 'PR', 'AGE']);
  expect(row).toMatch(/greeter\s+[0-9a-f]{40}\s+Succeeded\s+http\S+\/pull/);
  const logs = await test.kubectl(
    'logs',
    '--selector',
    `workflows.argoproj.io/workflow=${named('whole')}`,
    '--all-containers=true',
    '--tail=-1',
  );
  expect(logs).toContain('FROM');
});

it('makes another run of one that was deleted and applied again', async () => {
  const before = await field('whole', '.status.workflow.execution');
  const commit = await field('whole', '.status.commit');
  await run('delete', 'whole', '--timeout=60s');

  await apply('whole', commit);
  await becomes('whole', 'WorkflowSucceeded');

  expect(await field('whole', '.status.workflow.execution')).not.toBe(before);
  expect(await field('whole', '.status.outcome')).toMatch(/^(released|unchanged)$/);
});

it('ends the build of one that is deleted, and only then lets it go', async () => {
  await apply('deleted', await test.world.commitChange('deleted during the build'));
  while ((await test.jobsOf(named('deleted'))).pods.length === 0)
    await new Promise((resolve) => setTimeout(resolve, 200));

  await run('delete', 'deleted', '--timeout=90s');

  expect(await test.jobsOf(named('deleted'))).toEqual({ jobs: [], pods: [] });
});

it('says in the resource what is wrong with a run', async () => {
  names.push('wrong');
  const object = sampleRun(named('wrong'), '', `${test.world.forgeUrl}/acme/nowhere`);
  await kubectl(['apply', '--filename', '-'], object);
  await becomes('wrong', 'WorkflowFailed');
  expect(await field('wrong', '.status.failure.type')).toBe('SourceNotFound');
  expect(await field('wrong', '.status.failure.step')).toBe('cloneSource');
});

it('shows a run that a push starts as a resource', async () => {
  names.push('pushed');
  const commit = await test.world.commitChange('pushed');
  const object = sampleRun(named('pushed'), commit, test.world.repositories.source);
  await startRun(test.client, { namespace: 'default', name: named('pushed'), run: object, trigger: 'webhook' });
  await expect.poll(() => run('get', 'pushed', '--ignore-not-found'), { timeout: 30_000 }).not.toBe('');
  await becomes('pushed', 'WorkflowSucceeded');
  expect(await field('pushed', '.status.pullRequest.url')).toContain('/pull');
});

it.skipIf(faults === undefined)('goes on with resources and catalog when the API server comes back', async () => {
  await apply('away', await test.world.commitChange('built while the API server is away'));
  while ((await test.jobsOf(named('away'))).pods.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  await faults?.stopApiServer();
  try {
    await new Promise((resolve) => setTimeout(resolve, 3000));
  } finally {
    await faults?.startApiServer();
  }
  await becomes('away', 'WorkflowSucceeded');

  const type = await test.readGitops(resources[0] ?? '');
  const closed = type.replace(/allowedWorkflows:\n( +- .*\n)+/, 'allowedWorkflows: []\n');
  await kubectl(['apply', '--namespace', 'default', '--filename', '-'], closed);
  await apply('refused', '');

  await becomes('refused', 'WorkflowFailed');
  expect(await field('refused', '.status.failure.type')).toBe('NotAllowed');
});
