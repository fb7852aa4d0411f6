/** Writes what the image holds beside Debian into dist/image: `node deploy/image/programs.ts`, after `npm ci` and `npm run build`. */
import { chmod, copyFile, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { nodeProgram } from '../builder/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where `writePrograms` leaves the files, by their paths in the image. */
export const programsFolder = join(root, 'dist/image');

const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) });

/** The native library of workers, of all its platforms the one of this machine. */
const native = `${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-unknown-linux-gnu`;

/** Needed to read the libraries, to compile or to bundle, but never at run time. */
const left = /^@swc\/|\.[cm]?ts$|\.rs$|\.map$|\.md$/;

/** Replaces `programsFolder` by our compiled program in `/opt/slipway`, the libraries of the lock file, and Node. */
export async function writePrograms(): Promise<void> {
  const program = join(programsFolder, 'opt/slipway');
  const programs = join(programsFolder, 'usr/local/bin');
  await rm(programsFolder, { recursive: true, force: true });
  for (const part of ['src', 'workflows', 'activities', 'package.json', 'LICENSE'])
    await cp(join(root, 'dist', part), join(program, part), { recursive: true, filter: isNeeded });
  for (const name of await libraries()) {
    const from = join(root, name);
    await cp(from, join(program, name), {
      recursive: true,
      dereference: true,
      // Packages inside a package have entries of their own in the lock file.
      filter: (file) => isNeeded(relative(from, file)) && !relative(from, file).split(sep).includes('node_modules'),
    });
  }
  await mkdir(programs, { recursive: true });
  await copyFile(nodeProgram, join(programs, 'node'));
  await symlink('/opt/slipway/src/cli.js', join(programs, 'slipway'));
  await chmod(join(program, 'src/cli.js'), 0o755);
}

/** Folders of the packages that the program needs, as far as this platform has them. */
async function libraries(): Promise<readonly string[]> {
  const { packages } = Lock.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  const names = Object.keys(packages).filter((name) => name !== '' && !packages[name]?.dev);
  return names.filter((name) => isNeeded(name.replace(/^node_modules\//, '')));
}

function isNeeded(file: string): boolean {
  const isForeign = basename(dirname(file)) === 'releases' && basename(file) !== native;
  return !isForeign && !left.test(file);
}

if (import.meta.main) {
  await writePrograms();
  process.stdout.write('dist/image is ready: docker build -f deploy/Dockerfile .\n');
}
