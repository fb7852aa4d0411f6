import { mkdir } from 'node:fs/promises';
import { dev } from '../dev.ts';
import { streamOut } from '../out.ts';

/** Runs an empty world in this process, worker included. What takes long to load comes when it is used, so help does not wait. */
export async function runDev(args: readonly string[]): Promise<number> {
  const { env } = process;
  const outs = { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) };
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  return dev(
    args,
    {
      environment: env,
      interrupted: interrupted.signal,
      startWorld: async (...world) => (await import('../../embedded/world.ts')).startEmptyWorld(...world),
      startWorker: async (...worker) => (await import('./embedded-worker.ts')).startEmbeddedWorker(...worker),
      makeFolder: async (folder) => {
        await mkdir(folder, { recursive: true });
      },
    },
    outs,
  );
}
