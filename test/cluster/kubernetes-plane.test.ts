import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import { buildFolder } from '../../src/planes/local/build-folder.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { type PlaneWorld, sourceToken, startPlaneWorld } from '../support/plane-world.ts';

const cluster = useCluster();
const { kubectl } = cluster;
const baseline = { 'pod-security.kubernetes.io/enforce': 'baseline' };
const namespace = await makeNamespace(cluster, baseline);
const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };
const jobs = async () =>
  (await kubectl(['get', 'jobs', '-n', namespace, '-o', 'name'])).trim().split('\n').filter(Boolean);
const pods = async () =>
  (await kubectl(['get', 'pods', '-n', namespace, '-o', 'name'])).trim().split('\n').filter(Boolean);

let world: PlaneWorld;
beforeAll(async () => {
  world = await startPlaneWorld(cluster, namespace);
});
afterAll(() => world?.close());

const sleeping = (seconds: number) => world.requestFor(world.dockerfile(`RUN sleep ${seconds}`));
const reaches = (progress: string[], words: string | RegExp) =>
  expect.poll(() => progress.find((said) => said.match(words)), { timeout: 90_000 }).toBeDefined();

describe('a build in the cluster', () => {
  it.each(['buildkit', 'buildah'] as const)(
    'gives an image by %s, with the rights of deploy/rbac alone',
    async (profile) => {
      const request = await world.requestFor(world.dockerfile('RUN echo built >/built'));
      const plane = world.planeWith({ job: { image: world.image, userNamespaces: false, ttlSeconds: 600, profile } });

      expect(await world.build(request, { plane })).toEqual(built);

      const log = path.join(buildFolder(world.logFolder, request.id), 'log');
      await expect
        .poll(() => readFile(log, 'utf8'), { timeout: 10_000 })
        .toMatch(/=== clone ===.*=== build ===.*=== push ===/s);
    },
  );

  it('leaves its credential in no pod, Job or log', async () => {
    const request = await world.requestFor(world.dockerfile('RUN env; cat /proc/*/cmdline || true'));
    await world.build(request);
    const name = jobName(request.id);
    const seen = await kubectl(['get', 'jobs,pods', '-n', namespace, '-o', 'yaml']);
    const logs = await kubectl(['logs', '-n', namespace, `job/${name}`, '--all-containers']);
    const encoded = Buffer.from(`x:${sourceToken}`).toString('base64');
    for (const text of [seen, logs]) {
      expect(text).not.toContain(sourceToken);
      expect(text).not.toContain(encoded);
    }
  });

  it('fails with the command, its code and the last lines', async () => {
    const request = await world.requestFor(world.dockerfile('RUN echo "almost there" && exit 7'));
    expect(await world.build(request)).toMatchObject({
      kind: 'failed',
      type: 'BuildFailed',
      message: expect.stringMatching(/ended with code 7.*almost there/s),
    });
  });

  it.each([
    ['a base image that is not there', { Dockerfile: 'FROM REGISTRY/no-such-image:1\n' }, 'BuildFailed'],
    ['no Dockerfile', { other: 'file' }, 'SourceNotFound'],
  ])('fails for %s', async (_, files, type) => {
    const there = Object.entries(files).map(([name, text]) => [
      name,
      text.replace('REGISTRY', cluster.registryInCluster),
    ]);
    expect(await world.build(await world.requestFor(Object.fromEntries(there)))).toMatchObject({
      kind: 'failed',
      type,
    });
  });

  it('runs out of time by the pod’s own clock', async () => {
    const request = { ...(await sleeping(300)), timeoutSeconds: 15 };
    expect(await world.build(request)).toMatchObject({ type: 'BuildTimedOut' });
  });

  it('runs out of memory', async () => {
    const request = await world.requestFor(world.dockerfile('RUN dd if=/dev/zero of=/dev/null bs=900M count=1'));
    expect(await world.build(request)).toMatchObject({
      type: 'BuildOutOfMemory',
      message: expect.stringContaining('slipway-memory'),
    });
  });

  it('runs out of disk', async () => {
    const request = await world.requestFor(
      world.dockerfile('RUN dd if=/dev/zero of=/big bs=1M count=400 && sleep 100'),
    );
    const small = { ...request, job: { ...request.job, storage: '200Mi' } };
    expect(await world.build(small)).toMatchObject({
      type: 'BuildOutOfDisk',
      message: expect.stringContaining('slipway-storage'),
    });
  });
});

describe('a build and its workers', () => {
  it('goes on when its worker stops, and the next one finds it', async () => {
    const request = await sleeping(15);
    const stop = new AbortController();
    const progress: string[] = [];
    const first = world.build(request, { signal: stop.signal, progress });
    await reaches(progress, 'build');
    stop.abort(new Error('worker stops'));
    await expect(first).rejects.toThrow('worker stops');
    expect(await world.build(request)).toEqual(built);
    expect((await jobs()).filter((job) => job.endsWith(jobName(request.id)))).toHaveLength(1);
  });

  it('is one Job for two workers', async () => {
    const request = await sleeping(3);
    expect(await Promise.all([world.build(request), world.build(request)])).toEqual([built, built]);
  });

  it('leaves no Job and no pod when it is cancelled', async () => {
    const request = await sleeping(300);
    const stop = new AbortController();
    const progress: string[] = [];
    const building = world.build(request, { signal: stop.signal, progress });
    await reaches(progress, 'build');
    stop.abort(new Error('cancelled'));
    await expect(building).rejects.toThrow('cancelled');
    await world.planeWith().cancel(request.id, namespace);
    expect((await jobs()).join()).not.toContain(jobName(request.id));
    expect((await pods()).join()).not.toContain(jobName(request.id));
  });

  it('is lost when its pod is deleted', async () => {
    const request = await sleeping(300);
    const progress: string[] = [];
    const building = world.build(request, { progress });
    await reaches(progress, 'build');
    await kubectl(['delete', 'pods', '-n', namespace, '-l', `job-name=${jobName(request.id)}`, '--wait=false']);
    expect(await building).toMatchObject({ type: 'BuildInfrastructure' });
  });

  it('is swept when nobody wants it', async () => {
    const request = await sleeping(300);
    const progress: string[] = [];
    const building = world.build(request, { progress });
    await reaches(progress, 'build');
    await world.planeWith().sweep(async ({ execution }) => execution !== request.id.execution);
    expect(await building).toMatchObject({ type: 'BuildInfrastructure' });
  });
});

describe('what a build waits for', () => {
  it('is a node, with the scheduler’s words, and then it is asked again', async () => {
    const request = await sleeping(1);
    const progress: string[] = [];
    const pace = { resyncMs: 1000, pauseMs: 250, patienceMs: 3000, outageMs: 60_000 };
    const large = { ...request, job: { ...request.job, cpu: '1000' } };
    await expect(world.build(large, { plane: world.planeWith({ pace }), progress })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(/waits for a node: .*Insufficient cpu/),
    });
    await world.planeWith().cancel(request.id, namespace);
  });

  it('is quota, and it begins when there is room', async () => {
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace } };
    await kubectl(['apply', '-f', '-'], { ...quota, spec: { hard: { 'count/pods': '0' } } });
    const progress: string[] = [];
    const building = world.build(await sleeping(1), { progress });
    await reaches(progress, /waiting for quota: .*exceeded quota: none/);
    await kubectl(['delete', 'quota', 'none', '-n', namespace]);
    expect(await building).toEqual(built);
  });

  it('is nothing where the namespace’s rules forbid its pod', async () => {
    await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted', '--overwrite']);
    try {
      await expect(world.build(await sleeping(1))).rejects.toMatchObject({
        type: 'PolicyRejected',
        message: expect.stringContaining('violates PodSecurity'),
      });
    } finally {
      await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=baseline', '--overwrite']);
    }
  });
});
