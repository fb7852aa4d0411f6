import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { pullRequests } from '../support/gitops.ts';

const cluster = useCluster();
const test = await prepareWorld(cluster);
const apps = await makeNamespace(cluster);

it('leads from a commit by one pod to a pull request, and a pod runs its image', async () => {
  const worker = await test.startWorker();
  const run = await test.start('whole', await test.world.commitChange('hello from the cluster'));

  const result = await run.result();

  expect(result).toMatchObject({ outcome: 'released' });
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  const [pullRequest] = await pullRequests(test.world.repositories.gitops, token);
  expect(pullRequest).toMatchObject({ state: 'open', head: { ref: result.branch } });
  expect(await test.jobsOf('whole')).toEqual({ jobs: [expect.any(String)], pods: [expect.any(String)] });
  const image = result.image?.replace(cluster.registry, cluster.registryInCluster);
  const cat = ['run', 'greeter', `--image=${image}`, '--restart=Never', '--attach', '--quiet', '--namespace', apps];
  expect(await cluster.kubectl([...cat, '--', 'cat', '/srv/www/index.html'])).toContain('hello from the cluster');
  await worker.stop();
});

it('goes on with the same Job when its worker is killed', async () => {
  const first = await test.startWorker();
  const run = await test.start('killed', await test.world.commitChange('killed during the build'));
  while ((await test.jobsOf('killed')).pods.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  const before = await test.jobsOf('killed');
  await first.kill();
  const second = await test.startWorker();

  expect(await run.result()).toMatchObject({ outcome: 'released' });

  expect(await test.jobsOf('killed')).toEqual(before);
  await second.stop();
});

it('leaves no Job and no pod when it is cancelled', async () => {
  const worker = await test.startWorker();
  const run = await test.start('cancelled', await test.world.commitChange('cancelled during the build'));
  while ((await test.jobsOf('cancelled')).pods.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));

  await run.cancel();

  await expect(run.result()).rejects.toThrow();
  expect((await run.describe()).status.name).toBe('CANCELLED');
  expect(await test.jobsOf('cancelled')).toEqual({ jobs: [], pods: [] });
  await worker.stop();
});

it('fails with the build’s own words', async () => {
  const worker = await test.startWorker();
  const run = await test.start('failing', await test.world.commitChange('will not build', 'fails'));

  const error = await run.result().catch((failure: unknown) => failure);
  expect(explainFailure(error)).toMatchObject({
    type: 'BuildFailed',
    message: expect.stringMatching(
      /ended with code 3\.\nLast lines of the build log:[\s\S]*this build fails on purpose/,
    ),
  });
  expect((await test.jobsOf('failing')).jobs).toHaveLength(1);
  await worker.stop();
});
