import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBuildpacks } from '../../../../../src/doctor/buildpacks.ts';
import { createDetectPhaseMachine } from '../../../../../src/planes/local/phases/phase-machine.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'phase-machine-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Programs of these names; each runs that script. */
async function install(programs: Readonly<Record<string, string>>): Promise<void> {
  for (const [program, script] of Object.entries(programs)) {
    await writeFile(path.join(folder, program), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(folder, program), 0o755);
  }
}

const builds = (): string => path.join(folder, 'builds');
const detect = () => createDetectPhaseMachine(builds(), { PATH: folder })();
// What is run in namespaces is what fails here, unless it names overlay or a runtime that does not work.
const running = (bad: string): string =>
  `case "$*" in --version) ;; *${bad}*) echo "${bad} does not work" >&2; exit 1;; esac`;

describe('how this machine runs phases', () => {
  it('is by the first runtime and storage driver with which a container runs', async () => {
    await install({ setpriv: '', buildah: running('crun'), unshare: running('overlay'), crun: '', runc: '' });
    expect(await detect()).toEqual({ kind: 'found', machine: { runtime: 'crun', storageDriver: 'vfs' } });

    await install({ buildah: running('nothing'), unshare: running('runtime=crun') });
    expect(await detect()).toEqual({ kind: 'found', machine: { runtime: 'runc', storageDriver: 'overlay' } });
    expect(await readdir(builds())).toEqual([]);
  });

  it('is looked for again until it is found, and then remembered', async () => {
    const twice = createDetectPhaseMachine(builds(), { PATH: folder });
    expect(await twice()).toMatchObject({ kind: 'none', problem: 'buildah is not installed' });

    await install({ setpriv: '', buildah: '', unshare: '', runc: '' });
    const found = await twice();
    await rm(path.join(folder, 'runc'));

    expect(found).toMatchObject({ kind: 'found' });
    expect(await twice()).toEqual(found);
  });

  it('is told by the doctor, with what is missing', async () => {
    const check = checkBuildpacks(detect);
    await install({ setpriv: '', buildah: '', unshare: '' });
    expect(await check.run(AbortSignal.timeout(9000))).toEqual({
      state: 'warn',
      text: 'do not run on this machine: neither crun nor runc is installed',
      fix: expect.stringContaining('apt-get install buildah runc'),
    });

    await install({ runc: '' });
    expect(await check.run(AbortSignal.timeout(9000))).toEqual({
      state: 'ok',
      text: 'run in containers by buildah and runc (overlay)',
    });
  });
});
