import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { choosePorts } from '../../src/embedded/ports.ts';
import { startProcess } from '../../src/embedded/processes.ts';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { findOrInstallGitea } from './gitea-program.ts';

/** Parsed JSON that a test looks into. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts on every field that it reads
type Json = any;

export interface GiteaAnswer {
  readonly status: number;
  readonly body: Json;
}

/** A real Gitea of a test's own on loopback, SQLite, with nothing in it. */
export interface Gitea {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** May do everything. */
  readonly adminToken: string;
  /** Calls the API (`/api/v1…`) with a token, the administrator's by default; any answer is returned. */
  api(method: string, path: string, body?: unknown, token?: string): Promise<GiteaAnswer>;
  /** Makes a user and returns a token of all scopes, or of those. */
  createUser(login: string, scopes?: readonly string[]): Promise<string>;
  /** Makes one more token for a user that `createUser` made. */
  createToken(login: string, scopes: readonly string[]): Promise<string>;
  /** Makes `owner/name` with one commit on main; the owner is an organization that is made where it is new. */
  createRepository(repository: string, options?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Merges a pull request of `owner/name`, as soon as Gitea has found out that it can be merged. */
  merge(repository: string, number: number): Promise<void>;
  stop(): Promise<void>;
}

const admin = 'forge-admin';
const password = 'a-password-of-the-tests';

/** Starts a Gitea on a free port in a temporary folder; finds or builds the program. Its webhooks reach loopback only. */
export async function startGitea(): Promise<Gitea> {
  const environment = process.env;
  const program = await findOrInstallGitea({ cacheFolder: defaultCacheFolder(environment), environment }, ({ text }) =>
    process.stderr.write(`Gitea: ${text}\n`),
  );
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gitea-'));
  const { gitea: port } = await choosePorts(join(folder, 'ports.json'), ['gitea']);
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}`;
  const config = join(folder, 'app.ini');
  await writeFile(config, settings({ folder, port, url, staticFolder: program.staticFolder }));
  const own = { PATH: environment['PATH'], HOME: folder, GITEA_WORK_DIR: folder };
  const server = await startProcess(folder, {
    name: 'gitea',
    command: program.path,
    args: ['web', '--config', config],
    environment: own,
    isReady: async (signal) => (await fetch(`${url}/api/healthz`, { signal })).ok,
    readyWithinSeconds: 120,
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const adminToken = await createAdmin(program.path, config, own).catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  const api: Gitea['api'] = (method, path, body, token = adminToken) => call(url, method, path, body, `token ${token}`);
  const must = async (answer: Promise<GiteaAnswer>, ...statuses: readonly number[]) => {
    const { status, body } = await answer;
    if (!statuses.includes(status)) throw new Error(`Gitea answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const createToken: Gitea['createToken'] = async (login, scopes) => {
    const basic = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
    const request = { name: `token-${Math.random()}`, scopes };
    return (await must(call(url, 'POST', `/users/${login}/tokens`, request, basic), 201)).sha1;
  };
  return {
    url,
    host,
    adminToken,
    api,
    createToken,
    async createUser(login, scopes = ['all']) {
      const email = `${login}@example.invalid`;
      const user = { username: login, email, password, must_change_password: false };
      await must(api('POST', '/admin/users', user), 201);
      return createToken(login, scopes);
    },
    async createRepository(repository, options = {}) {
      const [owner = '', name = ''] = repository.split('/');
      await must(api('POST', '/orgs', { username: owner }), 201, 422);
      await must(api('POST', `/orgs/${owner}/repos`, { name, auto_init: true, ...options }), 201);
    },
    async merge(repository, number) {
      const deadline = Date.now() + 90_000;
      for (;;) {
        const { status, body } = await api('POST', `/repos/${repository}/pulls/${number}/merge`, { Do: 'merge' });
        if (status === 200) return;
        if (Date.now() > deadline) throw new Error(`#${number} was not merged: ${JSON.stringify(body)}`);
        await sleep(100);
      }
    },
    stop,
  };
}

async function call(
  url: string,
  method: string,
  path: string,
  body: unknown,
  authorization: string,
): Promise<GiteaAnswer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function createAdmin(program: string, config: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const user = ['--username', admin, '--password', password, '--email', `${admin}@example.invalid`];
  const token = ['--must-change-password=false', '--access-token', '--access-token-scopes', 'all'];
  const create = ['admin', 'user', 'create', '--config', config, '--admin', ...user, ...token];
  const said = await commandOutput(program, create, { environment });
  const [found] = /\b[0-9a-f]{40}\b/.exec(said) ?? [];
  if (found === undefined) throw new Error('Gitea made no token for its administrator');
  return found;
}

function settings(place: { folder: string; port: number; url: string; staticFolder: string | undefined }): string {
  const asRoot = process.getuid?.() === 0 ? 'I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true' : '';
  return `APP_NAME = test forge
RUN_USER = ${userInfo().username}
RUN_MODE = prod
WORK_PATH = ${place.folder}
${asRoot}

[server]
${place.staticFolder === undefined ? '' : `STATIC_ROOT_PATH = ${place.staticFolder}`}
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${place.port}
DOMAIN = 127.0.0.1
ROOT_URL = ${place.url}/
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = ${join(place.folder, 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
; half a second by default, after which a push on a busy machine is told to nobody
SQLITE_TIMEOUT = 30000

[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-tests

[oauth2]
ENABLED = false
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[repository]
DEFAULT_BRANCH = main
[api]
; so that a few pull requests are several pages
MAX_RESPONSE_ITEMS = 10
[actions]
ENABLED = false
[packages]
ENABLED = false
[indexer]
ISSUE_INDEXER_TYPE = db
[mailer]
ENABLED = false
[cron.update_checker]
ENABLED = false
[session]
PROVIDER = memory
[log]
MODE = console
LEVEL = Warn
`;
}
