import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { choosePorts } from '../../../src/embedded/ports.ts';
import { startProcess } from '../../../src/embedded/processes.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { findOrInstallTemporal } from '../../../src/embedded/tools/temporal.ts';
import { tellProgress } from '../tell-progress.ts';
import { type ComposeModel, environmentOf } from './compose-file.ts';
import { findOrBuild, moduleFolder, temporalServer } from './go-programs.ts';
import type { Postgresql } from './postgresql.ts';

/** Temporal's server on PostgreSQL, with settings and scripts of docker-compose.yml. */
export interface ComposeTemporal {
  readonly address: string;
  /** Ends it as a crash would, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

const folderOfScripts = fileURLToPath(new URL('../../../deploy/compose/temporal', import.meta.url));
const roles = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'] as const;

/** Makes the schema and the namespace, and starts the server on free ports of loopback. */
export async function startComposeTemporal(model: ComposeModel, postgresql: Postgresql): Promise<ComposeTemporal> {
  const programs = await findOrBuild(temporalServer);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-temporal-'));
  const names = roles.flatMap((role) => [`${role}_GRPC_PORT`, `${role}_MEMBERSHIP_PORT`]);
  const ports = await choosePorts(join(folder, 'ports.json'), [...names, 'FRONTEND_HTTP_PORT']);
  const address = `127.0.0.1:${ports['FRONTEND_GRPC_PORT']}`;
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    ...environmentOf(model, 'temporal', {
      postgresql: '127.0.0.1',
      '5432': `${postgresql.port}`,
      '0.0.0.0': '127.0.0.1',
      '/etc/temporal/dynamic-config.yaml': join(folderOfScripts, 'dynamic-config.yaml'),
    }),
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `${port}`])),
  };
  const schema = {
    TEMPORAL_SQL_TOOL: join(programs, 'sql'),
    TEMPORAL_SCHEMA: join(await moduleFolder(temporalServer), 'schema'),
  };
  const makeSchema = () =>
    commandOutput(join(folderOfScripts, 'setup-schema.sh'), [], { environment: { ...environment, ...schema } });
  await makeSchema();
  await makeSchema(); // as `docker compose up` does each time

  const start = () =>
    startProcess(folder, {
      name: 'temporal',
      command: join(programs, 'server'),
      args: ['--allow-no-auth', 'start'],
      environment,
      isReady: async () => {
        const connection = await Connection.connect({ address, connectTimeout: '1s' });
        await connection.close();
        return true;
      },
      readyWithinSeconds: 90,
    });
  let server = await start();
  const cli = await findOrInstallTemporal(
    { cacheFolder: defaultCacheFolder(process.env), environment: process.env, from: undefined },
    tellProgress(),
  );
  const path = [dirname(cli.path), process.env['PATH'] ?? ''].join(delimiter);
  const setup = { ...environmentOf(model, 'temporal-namespace', { 'temporal:7233': address }), PATH: path };
  await commandOutput(join(folderOfScripts, 'setup-namespace.sh'), [], { environment: { ...setup, HOME: folder } });
  return {
    address,
    async crash() {
      await server.kill();
      server = await start();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
