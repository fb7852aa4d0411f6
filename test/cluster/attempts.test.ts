import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import { patience } from '../support/build-world.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { makeBuildNamespace, prepareBuilds, smallJob } from '../support/cluster-builds.ts';

const cluster = useCluster();
const { dockerfile, kubectl, planeWith, prints, requestFor } = await prepareBuilds(cluster);
const [full, restricted] = await Promise.all([makeBuildNamespace(cluster), makeBuildNamespace(cluster)]);
await cluster.kubectl([
  'label',
  'namespace',
  restricted,
  'pod-security.kubernetes.io/enforce=restricted',
  '--overwrite',
]);

const pace = { resyncMs: 30_000, pauseMs: 250, patienceMs: 300_000, outageMs: 300_000 };
/** What there is of a build; empty when it is gone. */
const partsOf = ({ owner }: { owner: { run: string } }, kinds = 'jobs,pods') =>
  kubectl('get', kinds, '--selector', `slipway.dev/run=${owner.run}`, '--output', 'name');
/** An attempt that can be given up, and what it told on the way. */
function attempt() {
  const stop = new AbortController();
  const told: string[] = [];
  const until = async (text: string) => {
    while (!told.some((each) => each.includes(text))) await sleep(200);
  };
  return { options: { signal: stop.signal, onProgress: (text: string) => void told.push(text) }, told, until, stop };
}

describe.concurrent('attempts at one build', () => {
  it('share its one Job when there are two at once', async () => {
    const request = await requestFor(dockerfile('RUN sleep 2'));

    const outcomes = await Promise.all([planeWith(), planeWith()].map((plane) => plane.build(request, patience())));

    expect(outcomes[0]).toEqual({ kind: 'built', digest: expect.stringMatching(/^sha256:/) });
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect((await partsOf(request)).trim().split('\n').toSorted()).toEqual([
      `job.batch/${jobName(request.id)}`,
      expect.stringContaining(`pod/${jobName(request.id)}-`),
    ]);
  });

  it('find it again after an earlier one was given up', async () => {
    const request = await requestFor(dockerfile('RUN echo begun; sleep 4'));
    const { options, stop } = attempt();
    const first = planeWith().build(request, options);
    await prints(request, 'begun');
    const before = await partsOf(request);
    stop.abort(new Error('the worker stops'));
    await expect(first).rejects.toThrow('the worker stops');

    expect(await planeWith().build(request, patience())).toMatchObject({ kind: 'built' });
    expect(await partsOf(request)).toBe(before);
  });

  it('tell that it was lost when its pod is deleted', async () => {
    const request = await requestFor(dockerfile('RUN echo begun; sleep 600'));
    const outcome = planeWith().build(request, patience());
    await prints(request, 'begun');

    await kubectl('delete', 'pods', '--selector', `slipway.dev/run=${request.owner.run}`, '--wait=false');

    expect(await outcome).toMatchObject({
      type: 'BuildInfrastructure',
      message: expect.stringMatching(/^The build was lost: /),
    });
  });

  it('leave nothing when it is cancelled', async () => {
    const request = await requestFor(dockerfile('RUN echo begun; sleep 600'));
    const plane = planeWith({ registryAuth: async () => '{"auths":{}}' });
    const outcome = plane.build(request, patience());
    await prints(request, 'begun');
    const [, secret] = (await kubectl('get', 'secrets', '--output', 'name')).match(/secret\/(slipway-\S+)/) ?? [];
    expect(secret).toContain(jobName(request.id));

    await plane.cancel(request.id, request.job);

    expect(await partsOf(request)).toBe('');
    expect(await outcome).toMatchObject({ type: 'BuildInfrastructure' });
    // Left to the cluster's own removal of what has no owner.
    while ((await kubectl('get', 'secrets', '--output', 'name')).includes(String(secret))) await sleep(500);
    await plane.cancel(request.id, request.job);
  });
});

describe.concurrent('a build that cannot begin', () => {
  it('waits for quota, says so, and has all of its time when there is room', async () => {
    await cluster.kubectl(['create', 'quota', 'full', '--hard=pods=0', '--namespace', full]);
    const request = await requestFor(dockerfile('RUN sleep 3'), { timeoutSeconds: 15 });
    const { options, told, until } = attempt();
    const outcome = planeWith({ namespace: full }).build(request, options);
    await until('waiting for quota');
    await sleep(request.timeoutSeconds * 1000);

    await cluster.kubectl(['delete', 'quota', 'full', '--namespace', full]);

    expect(await outcome).toMatchObject({ kind: 'built' });
    expect(told.join('\n')).toMatch(/^waiting for quota: .*exceeded quota: full.*$/m);
  });

  it('waits for a node, says what the scheduler says, and goes when it is cancelled', async () => {
    const request = await requestFor(dockerfile(), {
      job: { ...smallJob, nodeSelector: { 'slipway.dev/is': 'missing' } },
    });
    const plane = planeWith({ pace: { ...pace, patienceMs: 4000, resyncMs: 1000 } });
    const { options, told } = attempt();

    await expect(plane.build(request, options)).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(/^The build waits for a node: 0\/\d+ nodes are available: .*didn't match/),
    });

    expect(told.join('\n')).toMatch(/^waiting for a node: 0\/\d+ nodes are available/m);
    await plane.cancel(request.id, request.job);
    expect(await partsOf(request)).toBe('');
  });

  it('is refused by a namespace whose rules forbid its pod, and leaves no Job', async () => {
    const request = await requestFor(dockerfile());

    await expect(planeWith({ namespace: restricted }).build(request, patience())).rejects.toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringMatching(
        new RegExp(
          `^The cluster does not allow the build's pod in namespace ${restricted}: .*violates PodSecurity "restricted`,
        ),
      ),
    });

    while ((await cluster.kubectl(['get', 'jobs', '--namespace', restricted, '--output', 'name'])) !== '')
      await sleep(300);
  });
});

it('removes the Job of a build that nobody wants, and no other', async () => {
  const [unwanted, wanted] = await Promise.all([1, 2].map(() => requestFor(dockerfile('RUN echo begun; sleep 600'))));
  if (unwanted === undefined || wanted === undefined) throw new Error('no request');
  const plane = planeWith();
  const outcomes = [unwanted, wanted].map((request) => plane.build(request, patience()));
  await Promise.all([unwanted, wanted].map((request) => prints(request, 'begun')));

  // Jobs of others may be on the same cluster.
  expect(await plane.sweep(async ({ execution }) => execution !== unwanted.id.execution)).toBe(1);

  expect(await outcomes[0]).toMatchObject({ type: 'BuildInfrastructure' });
  await expect.poll(() => partsOf(unwanted), { timeout: 30_000 }).toBe('');
  expect(await partsOf(wanted)).not.toBe('');
  await plane.cancel(wanted.id, wanted.job);
});
