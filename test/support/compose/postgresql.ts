import { mkdir, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePorts } from '../../../src/embedded/ports.ts';
import { type ServerProcess, startProcess } from '../../../src/embedded/processes.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';

/** A PostgreSQL of its own on loopback, which trusts everybody there, as that of docker-compose.yml. */
export interface Postgresql {
  readonly port: number;
  /** Ends it as a crash would, and starts it again with the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

const programs = '/usr/lib/postgresql/15/bin';
const account = 'postgres';

/** Starts Debian's PostgreSQL 15 with a superuser of that name; needs root, to become its account. */
export async function startPostgresql(superuser: string): Promise<Postgresql> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgresql-'));
  const { postgresql: port } = await choosePorts(join(folder, 'ports.json'), ['postgresql']);
  const data = join(folder, 'data');
  const environment = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' };
  const as = ['--reuid', account, '--regid', account, '--init-groups'];
  await mkdir(data);
  await commandOutput('chown', ['-R', `${account}:${account}`, folder], { environment });
  const initialize = [`${programs}/initdb`, '--auth=trust', `--username=${superuser}`, '--pgdata', data];
  await commandOutput('setpriv', [...as, ...initialize], { environment });
  const serve = [`${programs}/postgres`, '-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', folder];
  const ready = ['--host', '127.0.0.1', '--port', `${port}`];
  const start = (): Promise<ServerProcess> =>
    startProcess(folder, {
      name: 'postgresql',
      command: 'setpriv',
      args: [...as, ...serve],
      environment,
      isReady: () => commandOutput(`${programs}/pg_isready`, ready, { environment }).then(() => true),
      readyWithinSeconds: 60,
    });
  let server = await start();
  return {
    port,
    async crash() {
      await server.kill();
      // Its sessions notice a moment later, and nobody else may use the data until they are gone.
      for (let tries = 0; tries < 20 && (await isInUse(data)); tries += 1) await sleep(250);
      server = await start();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Whether a process of the server still works in its data folder. */
async function isInUse(data: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return folders.includes(data);
}
