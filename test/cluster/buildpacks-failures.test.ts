import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failures.ts';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import { patience } from '../support/build-world.ts';
import { prepareBuildpackBuilds } from '../support/buildpack-builds.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuildpackImages } from '../support/lifecycle/buildpack-images.ts';

const cluster = useCluster();
const { buildApp, buildpacksPlane, images, kubectl, requestForApp } = await prepareBuildpackBuilds(cluster);

const failed = (type: string, message: RegExp) => ({ kind: 'failed', type, message: expect.stringMatching(message) });

describe.skipIf(images.given).concurrent('a build by buildpacks that fails', () => {
  it('in a buildpack ends with its last lines', async () => {
    const request = await requestForApp({ 'build.sh': 'echo "error: missing semicolon" >&2\nexit 7\n' });

    expect(await buildApp(request)).toEqual(
      failed(
        'BuildFailed',
        /^The buildpack example\/inline@1\.0\.0 of .*\/cnb\/builder@.* failed while it built the application\.\nLast lines of the build log:\n[\s\S]*error: missing semicolon\n/,
      ),
    );
    const condition = 'jsonpath={.status.conditions[?(@.type=="Failed")].reason}';
    await kubectl('wait', '--for=condition=Failed', `job/${jobName(request.id)}`, '--timeout=30s');
    expect(await kubectl('get', 'job', jobName(request.id), `--output=${condition}`)).toBe('PodFailurePolicy');
  });

  it('because none fits says which were tried', async () => {
    expect(await buildApp(await requestForApp({ 'app/notes.txt': 'hello' }, { app: 'app' }))).toEqual(
      failed('BuildFailed', /^No buildpack of .* fits app\. Tried: .*example\/shell@1\.0\.0, example\/awk@1\.0\.0\. /),
    );
  });

  it('because one broke while it looked says so', async () => {
    expect(await buildApp(await requestForApp({ 'detect.sh': 'echo "detect is broken"; exit 3' }))).toEqual(
      failed(
        'BuildFailed',
        /, and at least one broke while it looked\. Tried: example\/inline@1\.0\.0[\s\S]*detect is broken/,
      ),
    );
  });

  it('by its time limit says in which phase', async () => {
    const request = await requestForApp({ 'build.sh': 'sleep 60' }, {}, { timeoutSeconds: 15 });

    expect(await buildApp(request)).toEqual(failed('BuildTimedOut', /limit of 15 s and was ended in its build step/));
  });

  it('for want of memory says how to get more', async () => {
    const request = await requestForApp({ 'build.sh': 'awk \'BEGIN { for (s = "x"; ; ) s = s s }\'' });

    expect(await buildApp({ ...request, job: { ...request.job, memory: '64Mi' } })).toEqual(
      failed('BuildOutOfMemory', /^The build step was killed because memory ran out\. .*slipway-memory/),
    );
  });

  it('at a run image that is missing names the builder', async () => {
    const runImage = `${cluster.registry}/cnb/none:1`;
    const { builder } = await prepareBuildpackImages(cluster.registry, { runImage });

    expect(await buildApp(await requestForApp({ 'build.sh': '' }, { builderImage: builder }))).toEqual(
      failed(
        'BuildFailed',
        /^The run image of .*\/cnb\/builder@.* does not exist or may not be read\. [\s\S]*MANIFEST_UNKNOWN|NAME_UNKNOWN/,
      ),
    );
  });
});

describe('a builder image that cannot be used', () => {
  const refusal = async (builderImage: string): Promise<unknown> =>
    buildApp(await requestForApp({ 'build.sh': '' }, { builderImage })).catch((error: unknown) => error);
  const failure = (message: RegExp) =>
    expect.objectContaining({ type: 'BuildFailed', message: expect.stringMatching(message) });

  it('is told before a Job is made', async () => {
    const jobs = await kubectl('get', 'jobs', '--output=name');

    const [missing, plain] = [`${cluster.registry}/cnb/none:1`, `${cluster.registry}/busybox:1`];
    expect(await refusal(missing)).toEqual(
      failure(/^There is no image .*\/cnb\/none:1\. Check the parameter builder-image/),
    );
    expect(await refusal(plain)).toEqual(failure(/busybox:1 cannot be used: it has no label io\.buildpacks\.builder/));
    const { builder } = await prepareBuildpackImages(cluster.registry, { platformApis: ['0.3', '0.4'] });
    expect(await refusal(builder)).toEqual(failure(/speaks the platform APIs 0\.3, 0\.4, .*: none is common/));

    expect(await kubectl('get', 'jobs', '--output=name')).toBe(jobs);
  });

  it('is told from a lifecycle image that is missing', async () => {
    const lifecycleImage = `${cluster.registry}/cnb/none:1`;
    const plane = buildpacksPlane({}, lifecycleImage);

    await expect(plane.build(await requestForApp({ 'build.sh': '' }), patience())).rejects.toThrow(
      new Failure('BuildFailed', `There is no image ${lifecycleImage}. Check the setting SLIPWAY_LIFECYCLE_IMAGE.`),
    );
  });
});
