import { readFile } from 'node:fs/promises';
import { connectClient, temporalSettings } from '../../temporal/connect.ts';
import { streamOut } from '../out.ts';
import { runStart } from '../run-start.ts';

/** Starts a run from a file on this machine. */
export async function runRunStart(args: readonly string[]): Promise<number> {
  const deps = {
    readFile: (path: string) => readFile(path === '-' ? '/dev/stdin' : path, 'utf8'),
    connect: () => connectClient(temporalSettings(process.env)),
  };
  return runStart(args, deps, streamOut(process.stdout, process.env), streamOut(process.stderr, process.env));
}
