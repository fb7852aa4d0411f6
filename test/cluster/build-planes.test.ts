import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { commitFiles } from '../support/commit-files.ts';

const cluster = useCluster();
const test = await prepareWorld(cluster);
// The other plane: a namespace that only an account of its own may build in.
const elsewhere = await makeNamespace(cluster);
await cluster.kubectl(['create', 'serviceaccount', 'slipway-worker', '--namespace', elsewhere]);
const rights = await readFile('deploy/rbac/builds.yaml', 'utf8');
await cluster.kubectl(['apply', '--filename', '-'], rights.replaceAll(/slipway-(builds|system)/g, elsewhere));
const kubeconfig = join(test.folder, 'kubeconfig-east');
await cluster.writeServiceAccountKubeconfig({ namespace: elsewhere, name: 'slipway-worker' }, kubeconfig);

const workflow = 'namespaces/default/platform/component-workflows/docker-gitops-release.yaml';
const project = 'namespaces/default/projects/demo/project.yaml';
const [workflowText, projectText] = [await test.readGitops(workflow), await test.readGitops(project)];
/** The Project's builds go to that plane, into its namespace. */
const askFor = (plane: string) =>
  commitFiles(test.gitops, {
    [workflow]: workflowText.replace(test.namespace, elsewhere),
    [project]: `${projectText.trimEnd()}\n  buildPlaneRef:\n    kind: BuildPlane\n    name: ${plane}\n`,
  });

await askFor('east');
await test.startWorker({ SLIPWAY_BUILD_PLANES: `east=${kubeconfig}` });

it('builds in the cluster that the Project asks for, with the rights there, and its log is read there', async () => {
  const run = await test.start('planned', await test.world.commitChange('built elsewhere'));

  expect(await run.result()).toMatchObject({ outcome: 'released' });

  const names = ['get', 'jobs', '--selector', 'slipway.dev/run=planned', '--output', 'name'];
  expect(await cluster.kubectl([...names, '--namespace', elsewhere])).toMatch(/^job/);
  const environment = {
    ...process.env,
    ...test.world.settings,
    SLIPWAY_BUILD_DIRECTORY: join(test.folder, 'none'),
    SLIPWAY_BUILD_PLANES: `east=${kubeconfig}`,
  };
  const logs = commandOutput(process.execPath, ['src/cli.ts', 'run', 'logs', 'planned'], { environment });
  expect(await logs).toContain('FROM');
});

it('refuses a plane that nobody knows, with the fix', async () => {
  await askFor('west');
  const run = await test.start('nowhere', await test.world.commitChange('built nowhere'));

  const error = await run.result().catch((failure: unknown) => failure);

  expect(explainFailure(error)).toMatchObject({
    type: 'ManifestInvalid',
    message: expect.stringContaining('SLIPWAY_BUILD_PLANES: west=<kubeconfig>'),
  });
});
