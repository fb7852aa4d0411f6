import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { patience } from '../support/build-world.ts';
import { prepareBuildpackBuilds } from '../support/buildpack-builds.ts';
import { servePod } from '../support/cluster/serve-pod.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { readApp } from '../support/frontend/frontend-world.ts';
import { startRegistry } from '../support/registry.ts';
import { startSshServer } from '../support/ssh-server.ts';

const cluster = useCluster();
const { buildApp, buildpacksPlane, images, logOf, containersOf, requestForApp } = await prepareBuildpackBuilds(cluster);
const apps = await makeNamespace(cluster, { 'pod-security.kubernetes.io/enforce': 'restricted' });

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:/) };

describe.concurrent('a build by buildpacks in a restricted namespace', () => {
  it.each([
    ['buildpacks-shell', 'hello from the first application\n'],
    ['buildpacks-awk', 'hello from the second application\n'],
  ])('makes an image of %s that serves without rights', async (app, greeting) => {
    const request = await requestForApp(await readApp(app, ''));

    const outcome = await buildApp(request);

    expect(outcome).toEqual(built);
    const digest = outcome.kind === 'built' ? outcome.digest : '';
    const image = `${cluster.registryInCluster}/${request.image.name}@${digest}`;
    const url = await servePod(cluster, { namespace: apps, name: app, image, port: 8080 });
    expect(await (await fetch(url)).text()).toBe(greeting);
  });

  it('takes from the cache image what an earlier build left, unless that is not wanted', async () => {
    const files = await readApp('buildpacks-shell', '');
    const first = await requestForApp(files);
    const more = async (read: boolean) => {
      const request = await requestForApp({ ...files, greeting: 'changed\n' });
      return { ...request, image: first.image, layerCache: { name: 'slipway-cache-buildpacks', read, write: true } };
    };
    const [second, third] = [await more(true), await more(false)];

    expect(await buildApp(first)).toEqual(built);
    const [cached, anew] = [await buildApp(second), await buildApp(third)];

    expect(cached).toEqual(built);
    expect(anew).toEqual(cached);
    expect(await containersOf(first)).toEqual(['clone', 'analyze', 'detect', 'restore', 'build', 'export']);
    expect(await containersOf(third)).toEqual(['clone', 'analyze', 'detect', 'build', 'export']);
    if (images.given) return;
    expect(await logOf(first, 'build')).toContain('Installing the interpreter.');
    expect(await logOf(second, 'build')).toContain('The interpreter comes from the cache.');
    expect(await logOf(third, 'build')).toContain('Installing the interpreter.');
  });

  it('needs no cache image', async () => {
    const request = await requestForApp(await readApp('buildpacks-awk', ''), {}, { layerCache: undefined });

    expect(await buildApp(request)).toEqual(built);

    expect(await containersOf(request)).toEqual(['clone', 'analyze', 'detect', 'build', 'export']);
  });

  it('builds from a folder of a private repository for a registry that wants a credential', async () => {
    const auth = { scheme: 'basic', username: 'robot', password: 'registry-password' } as const;
    const registry = await startRegistry({ address: cluster.bridgeAddress, auth });
    onTestFinished(registry.close);
    const files = Object.entries(await readApp('buildpacks-shell', ''));
    const request = await requestForApp(Object.fromEntries(files.map(([name, text]) => [`apps/web/${name}`, text])), {
      app: 'apps/web',
    });
    const image = { ...request.image, registry: registry.host };
    const planeFor = (password: string) =>
      buildpacksPlane({
        registryHttpHosts: [cluster.registry, registry.host],
        sourceAuthorization: async () => 'Basic bm90OmFza2Vk',
        registryAuth: async () =>
          JSON.stringify({
            auths: { [registry.host]: { auth: Buffer.from(`robot:${password}`).toString('base64') } },
          }),
      });
    const refused = { ...request, id: { ...request.id, ordinal: 2 }, image };

    expect(await planeFor(auth.password).build({ ...request, image }, patience())).toEqual(built);
    expect(await planeFor('wrong').build(refused, patience())).toEqual({
      kind: 'failed',
      type: 'AccessDenied',
      message: expect.stringMatching(/^A registry did not let the analyze phase read or write .* secret registry-auth/),
    });
  });
});

it('clones a private source by SSH as the user of the builder', async () => {
  const server = await startSshServer(cluster.bridgeAddress);
  onTestFinished(server.stop);
  const request = await requestForApp(await readApp('buildpacks-awk', ''));
  const bare = join(server.root, 'app.git');
  await commandOutput('git', ['clone', '--quiet', '--bare', request.source.repository, bare], {
    environment: process.env,
  });
  const source = { ...request.source, repository: `ssh://git@${server.host}${bare}` };
  const login = { privateKey: server.privateKey, knownHosts: server.knownHosts };
  const plane = buildpacksPlane({ sourceAuthorization: async () => JSON.stringify(login) });

  expect(await plane.build({ ...request, source }, patience())).toEqual(built);
});

describe.skipIf(images.given).concurrent('the variables of a build', () => {
  const env = [
    { name: 'WORDS', value: ` two words, a "quoted" one, 'single', a=b=c ` },
    { name: 'DOLLARS', value: '$(HOME) $$ $HOME `id` \\ %s' },
    { name: 'LINES', value: '\nfirst\nsecond\n\n' },
    { name: '_EMPTY_', value: '' },
  ];
  const tell = ({ name }: { readonly name: string }) =>
    `echo ${name}=$(printf %s "$${name}" | base64 | tr -d '\\n')=$(wc -c <"$2/env/${name}")`;

  it.each([
    ['in annotations of the pod', []],
    [
      "in the Job's Secret where they are large",
      [1, 2, 3].map((n) => ({ name: `PART_${n}`, value: 'x'.repeat(60_000) })),
    ],
  ])('arrive as they are: %s', async (_, more) => {
    const request = await requestForApp({ 'build.sh': env.map(tell).join('\n') }, { env: [...env, ...more] });

    expect(await buildApp(request)).toEqual(built);

    const log = (await logOf(request, 'build')).split('\n');
    for (const { name, value } of env) {
      expect(log).toContain(`${name}=${Buffer.from(value).toString('base64')}=${Buffer.byteLength(value)}`);
    }
  });
});

it.skipIf(images.given)('a project.toml decides on the buildpacks and files of a build', async () => {
  const files = { 'main.sh': '', 'main.awk': '', 'build.sh': 'find . -type f | sort', 'docs/a.md': '', 'docs/b': '' };
  const request = await requestForApp(files, {
    files: { mode: 'exclude', patterns: ['*.md', '/main.sh'] },
    group: [{ id: 'example/inline' }, { id: 'example/awk', version: '1.0.0' }],
  });

  expect(await buildApp(request)).toEqual(built);

  expect(await logOf(request, 'detect')).not.toContain('example/shell');
  expect(await logOf(request, 'build')).toContain('./build.sh\n./docs/b\n./main.awk\n');
});
