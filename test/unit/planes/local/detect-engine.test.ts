import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builderFix, detectEngine } from '../../../../src/planes/local/detect-engine.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'engines-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(program: string, script: string): Promise<void> {
  await writeFile(path.join(folder, program), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, program), 0o755);
}

describe('the engine of this machine', () => {
  it('is the first one that works, with its version', async () => {
    await install('buildah', 'echo cannot start >&2; exit 1');
    await install('podman', 'echo podman version 9');
    await install('docker', 'echo 28');
    await install('skopeo', 'echo skopeo');

    expect(await detectEngine({ PATH: folder })).toEqual({
      kind: 'found',
      engine: 'podman',
      version: 'podman version 9',
    });
  });

  it('is not docker without its daemon', async () => {
    await install('docker', 'echo Cannot connect to the Docker daemon >&2; exit 1');
    await install('skopeo', 'echo skopeo');

    const detected = await detectEngine({ PATH: folder });

    expect(detected).toMatchObject({ kind: 'none' });
    expect(detected.kind === 'none' && detected.tried.at(-1)).toEqual({
      engine: 'docker',
      problem: 'docker version: Cannot connect to the Docker daemon',
    });
  });

  it('is a BuildKit daemon where an address is given, whatever else there is', async () => {
    await install('buildah', 'echo buildah version 1');
    await install('skopeo', 'echo skopeo');
    await install('buildctl', 'test "$1" = --addr=tcp://b:1 && echo buildkit 9 || { echo no answer >&2; exit 1; }');

    const found = await detectEngine({ PATH: `${folder}:${process.env['PATH']}` }, 'tcp://b:1');
    const missing = await detectEngine({ PATH: folder }, 'tcp://b:2');

    expect(found).toEqual({ kind: 'found', engine: 'buildkit', version: 'buildkit 9' });
    expect(missing).toEqual({
      kind: 'none',
      tried: [{ engine: 'buildkit', problem: expect.stringContaining('no answer') }],
    });
    expect(builderFix('tcp://b:2')).toContain('tcp://b:2');
    expect(builderFix(undefined)).toContain('apt-get install buildah');
  });

  it('needs skopeo for the upload', async () => {
    await install('buildah', 'echo buildah version 1');

    expect(await detectEngine({ PATH: folder })).toMatchObject({
      tried: expect.arrayContaining([{ engine: 'buildah', problem: 'skopeo is not installed' }]),
    });
  });
});
