import { describe, expect, it } from 'vitest';
import type { BuildRequest } from '../../src/planes/build-plane.ts';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import type { KubernetesPlaneOptions } from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { patience } from '../support/build-world.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuilds } from '../support/cluster-builds.ts';

const cluster = useCluster();
const { build, dockerfile, kubectl, planeWith, requestFor } = await prepareBuilds(cluster);

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:/) };
const password = 'registry-password-of-the-test';
const auth = Buffer.from(`robot:${password}`).toString('base64');
const withCredential: Partial<KubernetesPlaneOptions> = {
  registryAuth: async () => JSON.stringify({ auths: { [cluster.registry]: { auth } } }),
};

const logOf = ({ id }: BuildRequest) => kubectl('logs', `job/${jobName(id)}`, '--all-containers');
const containersOf = ({ id }: BuildRequest) =>
  kubectl('get', 'job', jobName(id), '-o', 'jsonpath={.spec.template.spec.initContainers[*].name}');

describe.concurrent('the layers of a build', () => {
  it.each([
    ['a registry without credentials', {}, 'build'],
    ['one that wants some', withCredential, 'restore build'],
  ])('come from the build before, from %s, and only what changed is made', async (_, options, containers) => {
    const name = 'slipway-cache-0123456789abcdef0123';
    const plane = planeWith(options);
    const Dockerfile = dockerfile('RUN head -c 100000 /dev/urandom >/random', 'COPY app /app', 'RUN cat /app');
    const first = await requestFor({ Dockerfile, app: 'one\n' }, { layerCache: { name, read: false, write: true } });
    const next = await requestFor({ Dockerfile, app: 'two\n' }, { layerCache: { name, read: true, write: false } });
    const second = { ...next, image: first.image };

    expect(await plane.build(first, patience())).toEqual(built);
    expect(await logOf(first)).toContain('writing cache image manifest');
    expect(await plane.build(second, patience())).toEqual(built);

    const log = await logOf(second);
    expect(log).toMatch(/(#\d+) \[.*\] RUN head .*\n(?:\1 .*\n)*\1 CACHED/);
    expect(log).toMatch(/^#\d+ [\d.]+ two$/m);
    expect(log).not.toContain('exporting cache');
    expect(await containersOf(second)).toBe(containers);
  });

  it('do without a stored cache, and lead to no credential', async () => {
    const places = '/proc/*/environ /proc/*/root/run/secrets/slipway/*/* /run/secrets/slipway/*/*';
    const look = `RUN (cat ${places}; grep -r robot /proc/*/root/work /work) 2>/dev/null; echo; echo 'looked ' around`;
    const layerCache = { name: 'slipway-cache-none', read: true, write: true };
    const request = await requestFor(dockerfile(look), { layerCache });

    expect(await planeWith(withCredential).build(request, patience())).toEqual(built);

    const log = await logOf(request);
    expect(log).toMatch(/^#\d+ [\d.]+ looked {2}around$/m);
    expect(log).not.toContain(password);
    expect(log).not.toContain(auth);
  });

  it('have folders as on any machine, whatever group the volume hands on', async () => {
    const look = 'RUN mkdir /made && for each in / /made /app /app/folder; do test ! -g $each || exit 1; done';

    expect(await build({ Dockerfile: dockerfile('COPY . /app', look), 'folder/file': '' })).toEqual(built);
  });
});
