import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { askImage } from '../../support/ask-image.ts';
import { patience, textsBelow } from '../../support/build-world.ts';
import { type BuildpackWorld, startBuildpackWorld } from '../../support/buildpack-world.ts';
import { readApp } from '../../support/frontend/frontend-world.ts';
import { startRegistry } from '../../support/registry.ts';

let world: BuildpackWorld;
beforeAll(async () => {
  world = await startBuildpackWorld();
});
afterAll(() => world?.close());

const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };

describe('a build by buildpacks on this machine', () => {
  it.each([
    ['buildpacks-shell', 'hello from the first application\n'],
    ['buildpacks-awk', 'hello from the second application\n'],
  ])('makes an image of %s that serves, and leaves only what every build leaves', async (app, greeting) => {
    const request = await world.requestForApp(await readApp(app, ''));
    const progress: string[] = [];
    const options = { ...patience(), onProgress: (phase: string) => progress.push(phase) };

    const outcome = await world.buildpacksPlane().build(request, options);

    expect(outcome).toEqual(built);
    const digest = outcome.kind === 'built' ? outcome.digest : '';
    expect(await askImage(`${world.registry.host}/${request.image.name}@${digest}`, 8080)).toBe(greeting);
    expect(progress).toEqual(expect.arrayContaining(['analyze', 'detect', 'export']));
    const left = async () => (await readdir(world.folderOf(request))).toSorted();
    await expect.poll(left).toEqual(['log', 'pid', 'request.json', 'result.json', 'step']);
  });

  it('takes from the cache image what an earlier build left, unless that is not wanted', async () => {
    const files = await readApp('buildpacks-shell', '');
    const first = await world.requestForApp(files);
    const more = async (read: boolean) => {
      const request = await world.requestForApp({ ...files, greeting: 'changed\n' });
      return { ...request, image: first.image, layerCache: { name: 'slipway-cache-buildpacks', read, write: true } };
    };
    const [second, third] = [await more(true), await more(false)];
    const plane = world.buildpacksPlane();

    expect(await plane.build(first, patience())).toEqual(built);
    const cached = await plane.build(second, patience());
    const anew = await plane.build(third, patience());

    expect(cached).toEqual(built);
    expect(anew).toEqual(cached);
    expect(await world.logOf(third)).not.toContain('=== restore ===');
    if (world.images.given) return;
    expect(await world.phaseLog(first, 'build')).toBe('Installing the interpreter.\n');
    expect(await world.phaseLog(second, 'build')).toBe('The interpreter comes from the cache.\n');
    expect(await world.phaseLog(third, 'build')).toBe('Installing the interpreter.\n');
  });

  it('follows project.toml about files and buildpacks', async ({ skip }) => {
    if (world.images.given) skip('the buildpacks of a given builder are not known');
    const files = { 'main.sh': '', 'main.awk': '', 'build.sh': 'find . -type f | sort', 'docs/a.md': '', 'docs/b': '' };
    const request = await world.requestForApp(files, {
      files: { mode: 'exclude', patterns: ['*.md', '/main.sh'] },
      group: [{ id: 'example/inline' }, { id: 'example/awk', version: '1.0.0' }],
    });

    expect(await world.buildpacksPlane().build(request, patience())).toEqual(built);

    expect(await world.phaseLog(request, 'detect')).not.toContain('example/shell');
    expect(await world.phaseLog(request, 'build')).toBe('./build.sh\n./docs/b\n./main.awk\n');
  });

  it('hands variables on as they are', async ({ skip }) => {
    if (world.images.given) skip('the buildpacks of a given builder are not known');
    const env = [
      { name: 'WORDS', value: ` two words, a "quoted" one, 'single', a=b=c ` },
      { name: 'DOLLARS', value: '$(HOME) $$ $HOME `id` \\ %s' },
      { name: 'LINES', value: '\nfirst\nsecond\n\n' },
      { name: '_EMPTY_', value: '' },
      { name: 'LARGE', value: 'x'.repeat(100_000) },
    ];
    const tell = ({ name }: { readonly name: string }) =>
      `echo ${name}=$(printf %s "$${name}" | base64 | tr -d '\\n')=$(wc -c <"$2/env/${name}")`;
    const request = await world.requestForApp({ 'build.sh': env.map(tell).join('\n') }, { env });

    expect(await world.buildpacksPlane().build(request, patience())).toEqual(built);

    const log = (await world.phaseLog(request, 'build')).split('\n');
    for (const { name, value } of env) {
      expect(log).toContain(`${name}=${Buffer.from(value).toString('base64')}=${Buffer.byteLength(value)}`);
    }
  });

  it('pulls a private builder, pushes to a private registry, and keeps no credential', async () => {
    const auth = { scheme: 'basic', username: 'robot', password: 'password-to-hide' } as const;
    const registry = await startRegistry({ auth });
    onTestFinished(registry.close);
    const encoded = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    const registryAuth = async () => JSON.stringify({ auths: { [registry.host]: { auth: encoded } } });
    const image = { registry: registry.host, name: 'team/private', tag: 'v1' };
    const request = await world.requestForApp(await readApp('buildpacks-shell', ''), {}, { image });
    const registryHttpHosts = [world.registry.host, registry.host];
    const builder = `${registry.host}/cnb/builder`;
    const copy = ['copy', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests'];
    const account = `--dest-creds=${auth.username}:${auth.password}`;
    const [source, target] = [`docker://${world.images.builder}`, `docker://${builder}:1`];
    await commandOutput('skopeo', [...copy, account, source, target], { environment: process.env });
    const plan = { ...request.plan, builderImage: `${builder}:1` };
    const other = { ...request, id: { ...request.id, ordinal: 2 }, plan };

    const refused = await world.buildpacksPlane({ registryHttpHosts }).build(request, patience());
    const outcome = await world.buildpacksPlane({ registryHttpHosts, registryAuth }).build(other, patience());

    expect(refused).toEqual({
      kind: 'failed',
      type: 'AccessDenied',
      message: expect.stringMatching(/^A registry did not let the analyze phase read or write .* secret registry-auth/),
    });
    expect(outcome).toEqual(built);
    for (const text of await textsBelow(world.folderOf(other))) {
      expect(text.includes(auth.password) || text.includes(encoded)).toBe(false);
    }
  });
});
