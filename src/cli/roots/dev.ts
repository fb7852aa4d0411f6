import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
      startServer: async (...server) => (await import('./embedded-worker.ts')).startEmbeddedServer(...server),
      async sendPush({ world, address }, event) {
        const { sendPush } = await import('../../embedded/forge/send-push.ts');
        const secret = await readFile(join(world.secretsFolder, 'github-secret'), 'utf8');
        return sendPush(
          { folder: dirname(world.repositoriesFolder), forgeUrl: world.forgeUrl, address, secret },
          event,
        );
      },
      async withDeliveries(settings, work) {
        const { withDeliveries } = await import('../with-deliveries.ts');
        const { temporalSettings } = await import('../../temporal/connect.ts');
        return withDeliveries(temporalSettings(settings), work);
      },
      makeFolder: async (folder) => {
        await mkdir(folder, { recursive: true });
      },
    },
    outs,
  );
}
