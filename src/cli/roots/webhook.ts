import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { streamOut } from '../out.ts';
import { webhookExplain } from '../webhook-explain.ts';
import { webhookSetup } from '../webhook-setup.ts';

/** Explains a delivery that lies in files on this machine. What takes long to load comes when it is used, so help does not wait. */
export async function runWebhookExplain(args: readonly string[]): Promise<number> {
  const { env } = process;
  const deps = {
    readFile: (path: string) => (path === '-' ? buffer(process.stdin) : readFile(path)),
    openTools: async (folder: string) => (await import('./webhook-tools.ts')).openExplainTools(env, folder),
  };
  return webhookExplain(args, deps, { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) });
}

/** Says how a provider is connected. */
export async function runWebhookSetup(args: readonly string[]): Promise<number> {
  const { env } = process;
  return webhookSetup(args, { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) });
}
