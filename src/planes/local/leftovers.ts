import { spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { keptFiles } from './build-folder.ts';

/** Removes all of a build but its log, request and result; safe to repeat. `environment` holds the PATH for umount and buildah. */
export async function removeLeftovers(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (!keptFiles.has(name)) await removeTree(path.join(folder, name), environment);
}

/** Removes a folder with mounts below it and files of subordinate users; safe to repeat. */
export async function removeTree(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  for (const mount of await mountsBelow(folder)) await runQuietly('umount', [mount], environment);
  await rm(folder, { recursive: true, force: true }).catch(async (error: unknown) => {
    // Rootless engines leave files of subordinate users, which only their user namespace may remove.
    if ((await runQuietly('buildah', ['unshare', 'rm', '-rf', '--', folder], environment)) !== 0) throw error;
  });
}

/** Mount points below a folder, the innermost first: an overlay store that was killed leaves some. */
async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  const points = mounts.split('\n').map((line) => decodeMountPoint(line.split(' ')[1] ?? ''));
  return points
    .filter((point) => point === folder || point.startsWith(folder + path.sep))
    .toSorted((a, b) => b.length - a.length);
}

/** The kernel writes blanks and the like in a path as `\040`. */
function decodeMountPoint(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

function runQuietly(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: 'ignore' });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
