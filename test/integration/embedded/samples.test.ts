import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { choosePorts } from '../../../src/embedded/ports.ts';
import { type RegistryServer, startRegistryServer } from '../../../src/embedded/registry-server.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { ensureBaseImage } from '../../../src/embedded/samples/base-image.ts';
import { commitSampleChange, seedRepositories } from '../../../src/embedded/samples/repositories.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';

const environment = process.env;

const program = async (name: string) => {
  const path = await findOnPath([name], environment);
  if (path === undefined)
    throw new Error(
      `${name} is missing: install it (on Debian: apt-get install git buildah docker-registry busybox-static)`,
    );
  return path;
};

describe('the samples', () => {
  let folder: string;
  let registry: RegistryServer;
  let busybox: string;
  let git: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-samples-'));
    const { port } = await choosePorts(join(folder, 'ports.json'), ['port']);
    busybox = await program('busybox');
    git = await program('git');
    registry = await startRegistryServer({ program: await program('docker-registry'), folder, port, environment });
  });
  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const seedOptions = (name: string, registryHost = registry.host) => ({
    git,
    folder: join(folder, name),
    environment,
    addresses: { forgeUrl: 'http://127.0.0.1:3000', registry: registryHost },
  });
  const read = (name: string, ...args: string[]) =>
    commandOutput(git, ['--git-dir', join(folder, name), ...args], { environment });

  it('have a base image that is made once', async () => {
    const first = await ensureBaseImage({ registry: registry.host, busybox, environment });
    const second = await ensureBaseImage({ registry: registry.host, busybox, environment });

    expect(first).toEqual({ image: `${registry.host}/base/busybox:1`, made: true });
    expect(second).toEqual({ ...first, made: false });
  });

  it('have a service that builds without network and greets', async () => {
    await ensureBaseImage({ registry: registry.host, busybox, environment });
    await seedRepositories(seedOptions('build'));
    const source = join(folder, 'source');
    await commandOutput(git, ['clone', '--quiet', join(folder, 'build/acme/greeter.git'), source], { environment });
    const buildah = await program('buildah');
    const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
    const isolated = { environment: { ...environment, TMPDIR: folder, BUILDAH_ISOLATION: 'chroot' } };

    await commandOutput(
      buildah,
      [...store, 'bud', '--tls-verify=false', '--layers=false', '-t', 'greeter', source],
      isolated,
    );
    const container = (await commandOutput(buildah, [...store, 'from', 'greeter'], isolated)).trim();
    const answer = await commandOutput(
      buildah,
      [...store, 'run', container, '--', 'env', 'QUERY_STRING=a=1&name=Ada%3Cb%3E', '/srv/www/cgi-bin/greet'],
      isolated,
    );

    expect(answer).toContain('{"message": "Hello, Ada3Cb3E!"}');
  });

  it('are committed with this machine’s addresses, as valid YAML', async () => {
    await seedRepositories(seedOptions('seeded'));

    expect(await read('seeded/acme/greeter.git', 'show', 'main:Dockerfile')).toContain(
      `FROM ${registry.host}/base/busybox:1`,
    );
    const files = (await read('seeded/acme/gitops.git', 'ls-tree', '-r', '--name-only', 'main')).trim().split('\n');
    const manifests = files.filter((file) => file.endsWith('.yaml'));
    expect(manifests).toContain('namespaces/default/projects/demo/components/greeter/component.yaml');
    for (const file of manifests) {
      const text = await read('seeded/acme/gitops.git', 'show', `main:${file}`);
      expect(parseDocument(text).errors, file).toEqual([]);
      expect(text, file).not.toContain('.invalid');
    }
  });

  it('stay as they are when seeded again, and follow addresses that change', async () => {
    await seedRepositories(seedOptions('again'));
    const commit = await commitSampleChange(seedOptions('again'), 'A change of mine');

    await seedRepositories(seedOptions('again'));
    expect((await read('again/acme/greeter.git', 'rev-parse', 'main')).trim()).toBe(commit);

    await seedRepositories(seedOptions('again', '127.0.0.1:1'));
    expect(await read('again/acme/greeter.git', 'show', 'main:Dockerfile')).toContain('FROM 127.0.0.1:1/');
    expect(await read('again/acme/greeter.git', 'show', 'main:www/index.html')).toContain('A change of mine');
    expect((await read('again/acme/gitops.git', 'rev-list', '--count', 'main')).trim()).toBe('2');
  });

  it('get a new commit for each change, with its text once in the page', async () => {
    await seedRepositories(seedOptions('changes'));

    const first = await commitSampleChange(seedOptions('changes'), 'One');
    const second = await commitSampleChange(seedOptions('changes'), 'Two');

    expect(first).not.toBe(second);
    const page = await read('changes/acme/greeter.git', 'show', 'main:www/index.html');
    expect(page.match(/id="note"/g)).toHaveLength(1);
    expect(page).toContain('<p id="note">Two</p>');
  });

  it('get a commit that does not build on demand, which the next change mends', async () => {
    await seedRepositories(seedOptions('failing'));
    const dockerfile = () => read('failing/acme/greeter.git', 'show', 'main:Dockerfile');
    const before = await dockerfile();

    await commitSampleChange(seedOptions('failing'), 'Fails', 'fails');
    await commitSampleChange(seedOptions('failing'), 'Fails again', 'fails');
    expect((await dockerfile()).match(/exit 3/g)).toHaveLength(1);
    await commitSampleChange(seedOptions('failing'), 'Works');
    expect(await dockerfile()).toBe(before);
  });
});
