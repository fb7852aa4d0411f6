import { afterAll, describe, expect, it } from 'vitest';
import { patience } from '../support/build-world.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuilds, smallJob } from '../support/cluster-builds.ts';
import { startRegistry } from '../support/registry.ts';

const cluster = useCluster();
const { build, dockerfile, job, planeWith, requestFor } = await prepareBuilds(cluster);
const apps = await makeNamespace(cluster);
const account = { scheme: 'bearer', username: 'builder', password: 'push-password', may: 'read' } as const;
const locked = await startRegistry({ address: cluster.bridgeAddress, auth: account });
afterAll(() => locked.close());

const failed = (type: string, message: RegExp) => ({ kind: 'failed', type, message: expect.stringMatching(message) });

describe.concurrent('a build on a cluster', () => {
  for (const profile of ['buildkit', 'buildah'] as const) {
    it(`gives with ${profile} an image that a pod runs`, async () => {
      const texts = {
        Dockerfile: dockerfile('COPY greeting /greeting', 'RUN id -u >> /greeting'),
        greeting: 'hello\n',
      };
      const request = await requestFor(texts);

      const outcome = await planeWith({ job: { ...job, profile } }).build(request, patience());

      if (outcome.kind !== 'built') throw new Error(outcome.message);
      const image = `${cluster.registryInCluster}/${request.image.name}@${outcome.digest}`;
      const run = [
        '--namespace',
        apps,
        'run',
        `run-${profile}`,
        `--image=${image}`,
        '--restart=Never',
        '--attach',
        '--quiet',
      ];
      expect(await cluster.kubectl([...run, '--', 'cat', '/greeting'])).toBe('hello\n0\n');
    });
  }

  it('tells which command failed and what it printed last', async () => {
    expect(await build(dockerfile('RUN echo it will not do && exit 3'))).toEqual(
      failed(
        'BuildFailed',
        /^The image build of Dockerfile failed: the command `.*exit 3` ended with code 3\.\nLast lines of the build log:[\s\S]*it will not do/,
      ),
    );
  });

  it('tells that the base image does not exist', async () => {
    expect(await build(`FROM ${cluster.registryInCluster}/no-such-image:1\n`)).toEqual(
      failed(
        'BuildFailed',
        /a base image could not be pulled: it does not exist or may not be read[\s\S]*no-such-image/,
      ),
    );
  });

  it('tells that memory ran out, and the parameter that gives more', async () => {
    const fill = 'RUN dd if=/dev/zero of=/dev/null bs=700M count=3';

    expect(await build(dockerfile(fill))).toEqual(
      failed('BuildOutOfMemory', /^The build step was killed because memory ran out\. .*slipway-memory.*\(now 512Mi\)/),
    );
  });

  it('tells that it used more disk than it may, and the parameter that gives more', async () => {
    const fill = dockerfile('RUN dd if=/dev/zero of=/big bs=1M count=400 && sleep 100');

    expect(await build(fill, { job: { ...smallJob, storage: '200Mi' } })).toEqual(
      failed('BuildOutOfDisk', /^The disk was full in the build step\. .*slipway-storage.*\(now 200Mi\)/),
    );
  });

  it('tells that it was not ready within its time', async () => {
    expect(await build(dockerfile('RUN echo begun; sleep 600'), { timeoutSeconds: 12 })).toEqual(
      failed(
        'BuildTimedOut',
        /^The build took longer than its limit of 12 s and was ended in its build step\. .*build-timeout/,
      ),
    );
  });

  it('tells that there is no Dockerfile, and how it is named', async () => {
    expect(await build({ other: 'file' })).toEqual(
      failed('SourceNotFound', /^There is no Dockerfile at Dockerfile, or no folder .*dockerfile-path/),
    );
  });

  it('tells that the commit is not there', async () => {
    const request = await requestFor(dockerfile());
    const gone = { ...request, source: { ...request.source, commit: 'f'.repeat(40) } };

    expect(await planeWith().build(gone, patience())).toEqual(
      failed('SourceNotFound', /^The build could not find commit f{40} of http/),
    );
  });

  it('tells that the account may not push, or that its password is wrong', async () => {
    const request = await requestFor(dockerfile());
    const image = { ...request.image, registry: locked.host };
    const pushWith = (ordinal: number, password: string) => {
      const auth = Buffer.from(`${account.username}:${password}`).toString('base64');
      const registryAuth = async () => JSON.stringify({ auths: { [locked.host]: { auth } } });
      const plane = planeWith({ registryHttpHosts: [cluster.registry, locked.host], registryAuth });
      return plane.build({ ...request, image, id: { ...request.id, ordinal } }, patience());
    };

    const [denied, unknown] = await Promise.all([pushWith(1, account.password), pushWith(2, 'old-password')]);

    expect(denied).toEqual(
      failed(
        'AccessDenied',
        /^Uploading to .* was denied\. The account in the secret registry-auth for namespace default/,
      ),
    );
    expect(unknown).toEqual(
      failed('AccessDenied', /^The registry did not accept our credentials for .*Check the secret registry-auth/),
    );
    expect(JSON.stringify([denied, unknown])).not.toMatch(/push-password|old-password/);
  });
});
