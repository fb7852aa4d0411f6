import { describe, expect, it } from 'vitest';
import { buildkitDaemon, engineCommands, engineNames, type ImageBuild } from '../../../src/builds/engine-commands.ts';

const build: ImageBuild = {
  context: '/b/source/app',
  dockerfile: '/b/source/app/docker/Dockerfile.prod',
  storage: '/b/storage',
  layout: '/b/layout',
  storageDriver: 'vfs',
  noCache: false,
  sourceDateEpoch: 1_700_000_000,
  name: 'localhost/slipway-build-1:latest',
};

describe('the commands of an engine', () => {
  it('give buildah a storage of its own, fixed times and no cached layers', () => {
    const [bud, push] = engineCommands('buildah', build);

    expect(bud?.join(' ')).toBe(
      'buildah --root /b/storage/root --runroot /b/storage/run --storage-driver vfs bud --isolation chroot --layers=false --format=oci ' +
        '--timestamp=1700000000 --build-arg=SOURCE_DATE_EPOCH=1700000000 --file /b/source/app/docker/Dockerfile.prod ' +
        '--tag localhost/slipway-build-1:latest /b/source/app',
    );
    expect(push?.slice(-2)).toEqual(['localhost/slipway-build-1:latest', 'oci:/b/layout:image']);
  });

  it.each(engineNames)('ask %s to build without cache only when that is wanted', (engine) => {
    const flags = (noCache: boolean): string[] => engineCommands(engine, { ...build, noCache }).flat();

    expect(flags(true)).toContain('--no-cache');
    expect(flags(false)).not.toContain('--no-cache');
  });

  it.each(engineNames)('let %s leave an OCI layout', (engine) => {
    expect(engineCommands(engine, build).flat().join(' ')).toContain('/b/layout');
  });

  it('name folder and file of the Dockerfile apart for BuildKit', () => {
    const [command] = engineCommands('buildkit', build);

    expect(command).toContain('--local=dockerfile=/b/source/app/docker');
    expect(command).toContain('--opt=filename=Dockerfile.prod');
  });

  it('start a BuildKit daemon with its state in the storage, as root or without privileges', () => {
    const asRoot = buildkitDaemon('/b/storage', '/b/buildkitd.toml', true);
    const asUser = buildkitDaemon('/b/storage', '/b/buildkitd.toml', false);

    expect(asRoot.join(' ')).toBe(
      'buildkitd --addr=unix:///b/storage/buildkitd.sock --root=/b/storage/buildkit --config=/b/buildkitd.toml',
    );
    expect(asUser.slice(0, 5)).toEqual([
      'rootlesskit',
      '--state-dir=/b/storage/rootlesskit',
      '--copy-up=/run',
      'buildkitd',
      '--rootless',
    ]);
    expect(asUser).toEqual(expect.arrayContaining(asRoot.slice(1)));
    expect(engineCommands('buildkit', build)[0]).toContain('--addr=unix:///b/storage/buildkitd.sock');
    const shared = { ...build, buildkitd: 'tcp://buildkit:1234' };
    expect(engineCommands('buildkit', shared)[0]).toContain('--addr=tcp://buildkit:1234');
  });
});
