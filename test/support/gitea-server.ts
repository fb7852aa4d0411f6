import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { choosePorts } from '../../src/embedded/ports.ts';
import { startProcess } from '../../src/embedded/processes.ts';
import { findOrInstallGitea } from './gitea-program.ts';

/** A Gitea with the settings of docker-compose.yml, on loopback and without a user. */
export interface GiteaServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** For `gitea admin` and the scripts of docker-compose.yml, with PATH. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface GiteaServerOptions {
  /** The name of this machine in the addresses that it tells. */
  readonly name?: string;
}

/** Where docker-compose.yml has its files for Gitea. */
export const giteaFolder = fileURLToPath(new URL('../../deploy/compose/gitea', import.meta.url));

// While a test file is read no limit of a hook applies, and building Gitea takes minutes.
const program = await findOrInstallGitea(
  { cacheFolder: defaultCacheFolder(process.env), environment: process.env },
  ({ text }) => process.stderr.write(`Gitea: ${text}\n`),
);

/** Starts one on a free port in a temporary folder. Its webhooks reach loopback and private networks. */
export async function startGiteaServer({ name = '127.0.0.1' }: GiteaServerOptions = {}): Promise<GiteaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gitea-'));
  const { gitea: port } = await choosePorts(join(folder, 'ports.json'), ['gitea']);
  const host = `127.0.0.1:${port}`;
  const settings = join(folder, 'settings.ini');
  const given = await readFile(join(giteaFolder, 'app.ini'), 'utf8');
  const own = `[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://${name}:${port}/
${program.staticFolder === undefined ? '' : `STATIC_ROOT_PATH = ${program.staticFolder}`}
[api]
; so that a few pull requests are several pages
MAX_RESPONSE_ITEMS = 10
`;
  const asRoot = process.getuid?.() === 0 ? 'I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true\n' : '';
  await writeFile(settings, asRoot + given.replaceAll('/var/lib/gitea', folder) + own);
  const environment = {
    PATH: [dirname(program.path), process.env['PATH'] ?? ''].join(delimiter),
    HOME: folder,
    GITEA_WORK_DIR: folder,
    GITEA_APP_INI: join(folder, 'app.ini'),
  };
  const server = await startProcess(folder, {
    name: 'gitea',
    command: join(giteaFolder, 'start.sh'),
    args: [settings],
    environment,
    isReady: async (signal) => (await fetch(`http://${host}/api/healthz`, { signal })).ok,
    readyWithinSeconds: 120,
  });
  return {
    url: `http://${host}`,
    host,
    environment,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
