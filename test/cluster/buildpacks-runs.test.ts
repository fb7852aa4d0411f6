import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { buildpacksRun, offerBuildpacks } from '../support/buildpacks-flow.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { commitFiles } from '../support/commit-files.ts';
import { readApp } from '../support/frontend/frontend-world.ts';
import { pullRequests } from '../support/gitops.ts';
import { prepareBuildpackImages } from '../support/lifecycle/buildpack-images.ts';

const cluster = useCluster();
const images = await prepareBuildpackImages(cluster.registry);
const test = await prepareWorld(cluster, {}, { 'pod-security.kubernetes.io/enforce': 'restricted' });
await offerBuildpacks(test.gitops);

async function start(name: string, files: Readonly<Record<string, string>>, env: readonly string[] = []) {
  const commit = await commitFiles(test.source, files);
  const repository = test.world.repositories.source;
  const run = buildpacksRun({ name, repository, commit, appPath: name, builderImage: images.builder, env });
  return (await startRun(test.client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
}

it('leads from a commit by buildpacks to a pull request, and a second run finds its image', async () => {
  const worker = await test.startWorker({ SLIPWAY_LIFECYCLE_IMAGE: images.lifecycle });
  const app = Object.entries(await readApp('buildpacks-shell', ''));
  // A given cluster's registry may remember what was built of the same files.
  const files = Object.fromEntries(app.map(([name, text]) => [`web/${name}`, text]));
  const env = ['GREETING=two words, "quoted" = $(HOME)\nlast line'];

  const result = await (await start('web', { ...files, 'web/built-for': test.namespace }, env)).result();

  expect(result).toMatchObject({ outcome: 'released' });
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  const [pullRequest] = await pullRequests(test.world.repositories.gitops, token);
  expect(pullRequest).toMatchObject({ state: 'open', head: { ref: result.branch } });
  expect((await test.jobsOf('web')).pods).toHaveLength(1);
  const digest = result.image?.replace(/^.*@/, '');
  expect(await (await start('web', {}, env)).result()).toMatchObject({ image: expect.stringContaining(`@${digest}`) });
  expect((await test.jobsOf('web')).pods).toHaveLength(1);
  await worker.stop();
});

it('fails with what was tried where no buildpack fits, without another try', async () => {
  const worker = await test.startWorker({ SLIPWAY_LIFECYCLE_IMAGE: images.lifecycle });
  const run = await start('notes', { 'notes/readme.txt': 'hello' });

  const error = await run.result().catch((failure: unknown) => failure);

  expect(explainFailure(error)).toMatchObject({
    type: 'BuildFailed',
    message: expect.stringMatching(/^No buildpack of .* fits notes\. Tried: /),
  });
  expect((await test.jobsOf('notes')).jobs).toHaveLength(1);
  await worker.stop();
});
