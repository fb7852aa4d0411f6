import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { Failure } from '../failures.ts';
import { away, explainTrouble } from './explain-trouble.ts';

/** Where Temporal is, from the same `TEMPORAL_…` variables and profile file that the `temporal` CLI reads. */
export function temporalSettings(env: NodeJS.ProcessEnv): TemporalSettings {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(given),
  });
  return { connectionOptions: { address: 'localhost:7233', ...connectionOptions }, namespace };
}

export interface TemporalSettings {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & { address: string };
  readonly namespace: string;
}

export interface TemporalClient {
  readonly client: Client;
  /** The caller closes it. */
  readonly connection: Connection;
}

/** A client; throws `Unavailable` when Temporal does not answer within five seconds, `AccessDenied` when it lets nobody in. */
export async function connectClient(settings: TemporalSettings): Promise<TemporalClient> {
  const { connectionOptions, namespace } = settings;
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
    return { client: new Client({ connection, namespace }), connection };
  } catch (error) {
    const explained = explainTrouble(error, settings);
    throw explained instanceof Failure ? explained : away(connectionOptions.address, error);
  }
}

/** A worker's connection; throws at once when nothing listens there. */
export async function connectWorker({ connectionOptions }: TemporalSettings): Promise<NativeConnection> {
  // Loaded here because it brings the native library of workers, which a client does without.
  const { NativeConnection } = await import('@temporalio/worker');
  return NativeConnection.connect(connectionOptions);
}
