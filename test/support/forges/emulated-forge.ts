import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createGitHandler } from '../../../src/embedded/git-http.ts';
import { commitFiles, type FileTexts } from '../commit-files.ts';

/** Whose token a request carries. */
export interface EmulatedUser {
  readonly login: string;
  readonly id: number;
  readonly token: string;
  /** `read`: its token has no scope to write. */
  readonly may?: 'read';
  /** `token`: not a person's token but a repository's own one. */
  readonly kind?: 'token';
}

export interface EmulatedPull {
  readonly number: number;
  readonly repository: string;
  readonly source: { readonly repository: string; readonly branch: string };
  readonly base: string;
  readonly author: EmulatedUser;
  title: string;
  body: string;
  state: 'open' | 'merged' | 'closed';
  /** Of the source branch; of one that is over, or whose branch is gone, the last one. */
  commit: string;
  labels: string[];
  reviewers: EmulatedUser[];
  readonly comments: { readonly body: string; readonly author: string }[];
}

export interface EmulatedStatus {
  readonly commit: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly url: string | null;
}

/** Parsed JSON of a request. */
// biome-ignore lint/suspicious/noExplicitAny: an emulation reads whatever field it wants
export type Body = any;

export interface EmulatedRequest {
  readonly method: string;
  /** Parts of the path, decoded each. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Body;
  /** Undefined where the token is nobody's. */
  readonly user: EmulatedUser | undefined;
  /** `http://host:port` */
  readonly origin: string;
}

export interface EmulatedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an API is emulated on: repositories that are real, with pull requests and statuses in memory. */
export interface EmulatedForge {
  readonly url: string;
  readonly users: readonly EmulatedUser[];
  readonly pulls: EmulatedPull[];
  readonly statuses: EmulatedStatus[];
  /** `null`: answers as the emulation does. */
  fault: ((request: EmulatedRequest) => EmulatedAnswer | null) | undefined;
  /** Users and passwords that git came with. */
  readonly logins: Set<string>;
  /** Every request to the API, as `METHOD /path`. */
  readonly requests: string[];
  /** Does it exist for this user? acme/secret only for those that see it. */
  sees(user: EmulatedUser, repository: string): boolean;
  git(repository: string, ...args: readonly string[]): Promise<string>;
  /** Head of a branch, or undefined. */
  head(repository: string, branch: string): Promise<string | undefined>;
  commit(repository: string, branch: string, files: FileTexts): Promise<string>;
  openPull(
    pull: Omit<EmulatedPull, 'number' | 'state' | 'commit' | 'labels' | 'reviewers' | 'comments'>,
  ): Promise<EmulatedPull>;
  /** Brings the commits of open ones up to date with their branches. */
  current(): Promise<readonly EmulatedPull[]>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const repositories = ['acme/gitops', 'ada/gitops', 'acme/secret', 'acme/closed', 'acme/team/deep/gitops'];

/** The users of every emulation; the login says what each is for. */
export const emulatedUsers = [
  { login: 'slipway-robot', id: 11, token: 'tok-robot-7f3a' },
  { login: 'ada', id: 12, token: 'tok-ada-91bc' },
  { login: 'reader', id: 11, token: 'tok-reader-02ff', may: 'read' },
  { login: 'blind', id: 14, token: 'tok-blind-cc03' },
  { login: 'repository-token', id: 15, token: 'tok-own-dd04', kind: 'token' },
] as const satisfies readonly EmulatedUser[];

/** Starts a server that answers as `emulate` does, on repositories acme/gitops, its fork ada/gitops, acme/secret, acme/closed and one in subgroups. */
export async function startEmulatedForge(
  emulate: (forge: EmulatedForge, request: EmulatedRequest) => Promise<EmulatedAnswer>,
): Promise<EmulatedForge> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-emulated-'));
  const bare = (repository: string) => join(folder, `${repository}.git`);
  for (const repository of repositories) {
    await mkdir(bare(repository), { recursive: true });
    const git = ['--git-dir', bare(repository)];
    await run('git', [...git, 'init', '--quiet', '--bare', '--initial-branch=main']);
    const tree = (await run('git', [...git, 'hash-object', '-t', 'tree', '-w', '/dev/null'])).stdout.trim();
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example'];
    const commit = (await run('git', [...who, ...git, 'commit-tree', '-m', 'Begin', tree])).stdout.trim();
    await run('git', [...git, 'update-ref', 'refs/heads/main', commit]);
  }

  const serveGit = createGitHandler({
    root: folder,
    mayAccess(_repository, operation, authorization) {
      const login = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
      forge.logins.add(login);
      const user = emulatedUsers.find(({ token }) => login.endsWith(`:${token}`));
      if (user === undefined) return 'who';
      return operation === 'read' || !('may' in user) ? 'yes' : 'no';
    },
  });
  const server = createServer((request, response) => {
    if (/\/(info\/refs|git-(upload|receive)-pack)(\?|$)/.test(request.url ?? '')) return serveGit(request, response);
    answer(request).then(
      ({ status, body, headers }) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(body === undefined ? '' : JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(message: IncomingMessage): Promise<EmulatedAnswer> {
    const { pathname, searchParams } = new URL(message.url ?? '/', url);
    const method = message.method ?? 'GET';
    forge.requests.push(`${method} ${pathname}`);
    const sent = await text(message);
    const token = message.headers.authorization?.replace(/^\w+ /, '');
    const user = emulatedUsers.find((one) => one.token === token);
    const parts = pathname.split('/').slice(1).map(decodeURIComponent);
    const request = {
      method,
      parts,
      query: searchParams,
      body: sent === '' ? {} : JSON.parse(sent),
      user,
      origin: url,
    };
    return forge.fault?.(request) ?? emulate(forge, request);
  }

  const forge: EmulatedForge = {
    url,
    users: emulatedUsers,
    pulls: [],
    statuses: [],
    fault: undefined,
    logins: new Set(),
    requests: [],
    sees: (user, repository) =>
      repositories.includes(repository) && (repository !== 'acme/secret' || user.login !== 'blind'),
    git: async (repository, ...args) => (await run('git', ['--git-dir', bare(repository), ...args])).stdout.trim(),
    head: (repository, branch) =>
      forge.git(repository, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).catch(() => undefined),
    commit: (repository, branch, files) => commitFiles(bare(repository), files, { branch }),
    async openPull(pull) {
      const commit = (await forge.head(pull.source.repository, pull.source.branch)) ?? '';
      const made: EmulatedPull = {
        ...pull,
        number: forge.pulls.length + 1,
        state: 'open',
        commit,
        labels: [],
        reviewers: [],
        comments: [],
      };
      forge.pulls.push(made);
      return made;
    },
    async current() {
      for (const pull of forge.pulls.filter(({ state }) => state === 'open')) {
        pull.commit = (await forge.head(pull.source.repository, pull.source.branch)) ?? pull.commit;
      }
      return forge.pulls;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return forge;
}
