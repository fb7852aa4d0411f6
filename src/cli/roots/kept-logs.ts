import { text } from 'node:stream/consumers';
import { Failure } from '../../failures.ts';
import type { RunBuild } from '../../temporal/find-builds.ts';
import { keptLog, type LogReader } from '../log-reader.ts';

/** A run, as its namespace and name and its execution tell it. */
export interface LoggedRun {
  readonly namespace: string;
  readonly name: string;
  readonly execution: string;
}

/** Where a build's log may be kept once it is over: the store, then a server that is asked for it; each only where this shell names it. */
export async function openKeptLogs(env: NodeJS.ProcessEnv, run: LoggedRun, build: RunBuild): Promise<LogReader[]> {
  return [
    ...(env['SLIPWAY_LOG_STORE'] ? [keptLog(() => readStored(env, run, build))] : []),
    ...(env['SLIPWAY_SERVER'] ? [keptLog(() => askServer(env, run, build))] : []),
  ];
}

async function readStored(env: NodeJS.ProcessEnv, run: LoggedRun, { ordinal }: RunBuild): Promise<string | null> {
  const [{ loadServerConfig }, { openLogStore, openSecrets }] = await Promise.all([
    import('../../server-config.ts'),
    import('../../connections.ts'),
  ]);
  const config = loadServerConfig(env);
  const store = openLogStore(config.logStore, openSecrets(config, env));
  const { namespace, name, execution } = run;
  const log = await store?.get({ namespace, run: name, execution, ordinal }, AbortSignal.timeout(60_000));
  return log ? text(log) : null;
}

async function askServer(
  env: NodeJS.ProcessEnv,
  { namespace, name }: LoggedRun,
  { ordinal }: RunBuild,
): Promise<string | null> {
  const server = (env['SLIPWAY_SERVER'] ?? '').replace(/\/+$/, '');
  const address = `${server}/api/v1/runs/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/logs?build=${ordinal}`;
  const headers = { authorization: `Bearer ${env['SLIPWAY_API_TOKEN'] ?? ''}` };
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
    throw new Failure('Unavailable', `${server} was not reached: check SLIPWAY_SERVER.`, { cause });
  });
  if (response.status === 404) return null;
  if (response.ok) return response.text();
  if (response.status !== 401 && response.status !== 429)
    throw new Failure('Unavailable', `${server} answered ${response.status} instead of a log.`);
  const refusal = `${server} does not accept the token: put the server's api-token, or the one of ${namespace}, into SLIPWAY_API_TOKEN.`;
  throw new Failure('AccessDenied', refusal);
}
