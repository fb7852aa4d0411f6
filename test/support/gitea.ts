import { setTimeout as sleep } from 'node:timers/promises';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { type GiteaServer, startGiteaServer } from './gitea-server.ts';

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

/** Starts a Gitea with an administrator on a free port. */
export async function startGitea(): Promise<Gitea> {
  const server = await startGiteaServer();
  const { url, host, stop } = server;
  const adminToken = await createAdmin(server.environment).catch(async (error: unknown) => {
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

async function createAdmin(environment: GiteaServer['environment']): Promise<string> {
  const user = ['--username', admin, '--password', password, '--email', `${admin}@example.invalid`];
  const token = ['--must-change-password=false', '--access-token', '--access-token-scopes', 'all'];
  const config = environment['GITEA_APP_INI'] ?? '';
  const create = ['admin', 'user', 'create', '--config', config, '--admin', ...user, ...token];
  const said = await commandOutput('gitea', create, { environment });
  const [found] = /\b[0-9a-f]{40}\b/.exec(said) ?? [];
  if (found === undefined) throw new Error('Gitea made no token for its administrator');
  return found;
}
