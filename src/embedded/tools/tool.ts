import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** A program that the embedded world uses. */
export interface Tool {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly version: string;
  /** Where it came from, in words: `PATH`, `the cache`, `a package of Debian`, … */
  readonly from: string;
  /** How long finding or installing it took. */
  readonly seconds: number;
}

/** The absolute path of the first of these programs that the environment's PATH holds, or undefined. */
export async function findOnPath(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** Whether there is a file that this process may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** A function that says how many seconds have passed since this call, with one decimal. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => Math.round((performance.now() - started) / 100) / 10;
}
