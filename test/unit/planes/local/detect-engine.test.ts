import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectEngine } from '../../../../src/planes/local/detect-engine.ts';

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

  it('needs skopeo for the upload', async () => {
    await install('buildah', 'echo buildah version 1');

    expect(await detectEngine({ PATH: folder })).toMatchObject({
      tried: expect.arrayContaining([{ engine: 'buildah', problem: 'skopeo is not installed' }]),
    });
  });
});
