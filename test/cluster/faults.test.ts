import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { patience } from '../support/build-world.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuilds } from '../support/cluster-builds.ts';
import { prepareWorld } from '../support/cluster-world.ts';

const cluster = useCluster();
const { faults } = cluster;

describe.skipIf(faults === undefined)('a build on a cluster that fails', async () => {
  // A skipped suite is read, too, and would not take away what it prepares.
  if (faults === undefined) return void it('needs one that was made for the tests', () => undefined);
  const { dockerfile, planeWith, prints, requestFor } = await prepareBuilds(cluster);
  const test = await prepareWorld(cluster);

  it('is waited for while the API server is away', async () => {
    const request = await requestFor(dockerfile('RUN echo begun; sleep 8'));
    const outcome = planeWith().build(request, patience());
    await prints(request, 'begun');

    await faults.stopApiServer();
    try {
      await sleep(3000);
    } finally {
      await faults.startApiServer();
    }

    expect(await outcome).toEqual({ kind: 'built', digest: expect.stringMatching(/^sha256:/) });
  });

  it('is made anew, as another Job, when its node is drained', async () => {
    const worker = await test.startWorker();
    const run = await test.start('drained', await test.world.commitChange('drained during the build'));
    while ((await test.jobsOf('drained')).pods.length === 0) await sleep(200);
    const first = await test.jobsOf('drained');

    await faults.drainNode();
    try {
      // The new one waits for the node, which is not the build's fault.
      await expect.poll(async () => (await test.jobsOf('drained')).jobs, { timeout: 60_000 }).not.toEqual(first.jobs);
    } finally {
      await faults.uncordonNode();
    }

    expect(await run.result()).toMatchObject({ outcome: 'released' });
    const second = await test.jobsOf('drained');
    expect(second.jobs).toHaveLength(1);
    expect(second.jobs).not.toEqual(first.jobs);
    await worker.stop();
  });
});
