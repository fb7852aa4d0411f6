import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

/** Where Temporal is, from the same `TEMPORAL_…` variables and profile file that the `temporal` CLI reads. */
export function temporalSettings(env: NodeJS.ProcessEnv) {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(given),
  });
  return { connectionOptions: { address: 'localhost:7233', ...connectionOptions }, namespace };
}

export type TemporalSettings = ReturnType<typeof temporalSettings>;

export interface TemporalClient {
  readonly client: Client;
  /** The caller closes it. */
  readonly connection: Connection;
}

/** A client; throws when Temporal does not answer within five seconds. */
export async function connectClient({ connectionOptions, namespace }: TemporalSettings): Promise<TemporalClient> {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
  return { client: new Client({ connection, namespace }), connection };
}

/** A worker's connection; throws at once when nothing listens there. */
export async function connectWorker({ connectionOptions }: TemporalSettings): Promise<NativeConnection> {
  return NativeConnection.connect(connectionOptions);
}
