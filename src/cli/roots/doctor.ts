import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { doctor } from '../doctor.ts';
import { streamOut } from '../out.ts';

/** Checks the world around Slipway with this shell's settings. What takes long to load comes when it is used, so help does not wait. */
export async function runDoctor(args: readonly string[]): Promise<number> {
  const { env } = process;
  const outs = { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) };
  return doctor(
    args,
    {
      readFile: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
      open: async (run) => (await import('./doctor-checks.ts')).openChecks(env, run),
    },
    outs,
  );
}
