import { Connection } from '@temporalio/client';
import { searchAttributeNames } from '../temporal/names.ts';
import { type ServerProcess, startProcess } from './processes.ts';

export interface TemporalServerOptions {
  /** Temporal's command line program. */
  readonly program: string;
  /** For pid file and log. */
  readonly folder: string;
  /** SQLite; made when it is not there, continued when it is. */
  readonly databaseFile: string;
  readonly ports: { readonly temporal: number; readonly ui: number; readonly http: number; readonly metrics: number };
  readonly environment: NodeJS.ProcessEnv;
}

export interface TemporalServer extends ServerProcess {
  /** `host:port` of the gRPC service. */
  readonly address: string;
  readonly uiUrl: string;
}

const host = '127.0.0.1';

/** Starts Temporal's dev server with its web page on loopback, as it was before when the database file is there. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { ports } = options;
  const address = `${host}:${ports.temporal}`;
  const server = await startProcess(options.folder, {
    name: 'temporal',
    command: options.program,
    args: [
      ...['server', 'start-dev', '--ip', host, '--log-level', 'warn'],
      ...['--port', `${ports.temporal}`, '--ui-port', `${ports.ui}`],
      ...['--http-port', `${ports.http}`, '--metrics-port', `${ports.metrics}`],
      // A write-ahead log makes starts a third faster; a killed server loses nothing by it.
      ...['--db-filename', options.databaseFile],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
      ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ],
    environment: options.environment,
    isReady: () => isServing(address),
    readyWithinSeconds: 60,
  });
  return { ...server, address, uiUrl: `http://${host}:${ports.ui}` };
}

/** Serving means that the namespace that everybody uses is there with our attributes, not only that the port is open. */
async function isServing(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '1s' });
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    return searchAttributeNames.every((name) => Object.hasOwn(customAttributes, name));
  } finally {
    await connection.close();
  }
}
