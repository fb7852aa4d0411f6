import { chmod, copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOrInstallPackages } from '../../../../src/embedded/tools/packages.ts';
import { isStaticProgram } from '../../../../src/embedded/tools/static-program.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n';
const ubuntuChild = 'ID=mint\nID_LIKE="ubuntu debian"\n';

/** A header of an ELF program with one segment of that type. */
function elf(segment: number): Buffer {
  const head = Buffer.alloc(120);
  head.write('\x7fELF', 'latin1');
  head.set([2, 1], 4);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(segment, 64);
  return head;
}

async function newMachine(programs: readonly string[], scripts: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-packages-'));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const add = async (name: string, content: string | Buffer) => {
    await writeFile(join(bin, name), content);
    await chmod(join(bin, name), 0o755);
  };
  for (const name of programs) await add(name, name === 'busybox' ? elf(1) : `#!/bin/sh\necho ${name} version 1.2.3\n`);
  for (const [name, script] of Object.entries(scripts)) await add(name, `#!/bin/sh\n${script}\n`);
  await writeFile(join(folder, 'busybox'), elf(1));
  const find = (osRelease: string | undefined, isRoot: boolean) =>
    // No system folder on PATH, so that only what the test put there is found.
    findOrInstallPackages({ cacheFolder: folder, environment: { PATH: bin }, osRelease, isRoot }, () => undefined);
  return { folder, bin, find };
}

/** Installs what it is asked for by copying; the shell has no other program here. */
const apt = (failures = 0) => `bin=\${0%/*}
echo "$@" >>"$bin/../apt"
if [ "$1" = update ]; then : >"$bin/../updated"; exit 0; fi
if [ ${failures} = 1 ] && [ ! -e "$bin/../updated" ]; then echo "E: Unable to locate package" >&2; exit 100; fi
for p in git buildah skopeo docker-registry; do case " $* " in *" $p "*) printf '#!/bin/sh\\necho %s 2.0.0\\n' $p >"$bin/$p"; /bin/chmod 755 "$bin/$p";; esac; done
case " $* " in *" busybox-static "*) /bin/cp "$bin/../busybox" "$bin/busybox"; /bin/chmod 755 "$bin/busybox";; esac`;

const everything = ['git', 'buildah', 'skopeo', 'docker-registry', 'busybox'];

describe('findOrInstallPackages', () => {
  it('finds what is there without installing, on any system', async () => {
    const { bin, find } = await newMachine(everything);

    const tools = await find(undefined, false);

    expect(tools.git).toEqual({ name: 'git', path: join(bin, 'git'), version: '1.2.3', from: 'PATH', seconds: 0 });
    expect(tools.builder.path).toBe(join(bin, 'buildah'));
  });

  it('installs all that is missing in one call as root on Debian and its relatives, without the registry’s service', async () => {
    for (const system of [debian, ubuntuChild]) {
      const { folder, find } = await newMachine(['git'], { 'apt-get': apt() });

      const tools = await find(system, true);

      const calls = (await readFile(join(folder, 'apt'), 'utf8')).trim().split('\n');
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatch(/buildah runc skopeo docker-registry busybox-static$/);
      expect(calls[0]).toContain('--path-exclude=/lib/systemd/system/docker-registry.service');
      expect(tools.git.from).toBe('PATH');
      expect(tools.registry).toMatchObject({ version: '2.0.0', from: 'a package of the distribution' });
    }
  });

  it('fetches the package lists when the packages are not to be had without', async () => {
    const { folder, find } = await newMachine([], { 'apt-get': apt(1) });

    await find(debian, true);

    expect((await readFile(join(folder, 'apt'), 'utf8')).split('\n').map((line) => line.split(' ')[0])).toEqual([
      'install',
      'update',
      'install',
      '',
    ]);
  });

  it('lists what to install for others than root and on other systems, and installs nothing', async () => {
    for (const [system, isRoot] of [
      [debian, false],
      ['ID=fedora\n', true],
      [undefined, true],
    ] as const) {
      const { folder, find } = await newMachine(['git', 'skopeo'], { 'apt-get': apt() });

      await expect(find(system, isRoot)).rejects.toThrow(
        /- an image builder: buildah or podman or docker \(on Debian and Ubuntu: buildah runc\)\n- an image registry: docker-registry[\s\S]*busybox-static/,
      );
      await expect(readFile(join(folder, 'apt'))).rejects.toThrow('ENOENT');
    }
  });

  it('takes Podman or Docker as the builder where nothing can be installed, but only one that answers', async () => {
    const others = everything.filter((name) => name !== 'buildah');
    const dead = 'test "$1" = info && exit 1; echo podman version 4.0.0';
    const machine = await newMachine(others, { podman: dead, docker: 'echo Docker version 27.1.0' });

    expect((await machine.find(undefined, false)).builder.path).toBe(join(machine.bin, 'docker'));
    await expect((await newMachine(others, { podman: dead })).find(undefined, false)).rejects.toThrow(
      'an image builder',
    );
  });
});

describe('isStaticProgram', () => {
  it('tells programs that need a loader, and files that are no programs, from those that run alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-elf-'));
    const check = async (content: Buffer) => {
      await writeFile(join(folder, 'program'), content);
      return isStaticProgram(join(folder, 'program'));
    };

    expect(await check(elf(1))).toBe(true);
    expect(await check(elf(3))).toBe(false);
    expect(await check(Buffer.from('#!/bin/sh\n'))).toBe(false);
    await copyFile(process.execPath, join(folder, 'node'));
    expect(await isStaticProgram(join(folder, 'node'))).toBe(false);
  });
});
