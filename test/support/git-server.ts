import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGitHandler } from '../../src/embedded/git-http.ts';

/** A text is a file, null removes it; an object says the mode, `120000` being a symbolic link to its text. */
export type FileChange = string | null | { readonly mode: '100644' | '100755' | '120000'; readonly text: string };
export type Files = Readonly<Record<string, FileChange>>;

export interface GitServerOptions {
  /** Address to listen on; loopback by default. */
  readonly host?: string;
  /** Password (with any user name) that may do everything; without it and without users everybody may. */
  readonly token?: string;
  /** Further passwords and what they may do. */
  readonly users?: readonly { readonly token: string; readonly may: 'read' | 'write' }[];
  /** Repositories that everybody may read although there is a token. */
  readonly publicRepositories?: readonly string[];
}

export interface CommitOptions {
  /** Parent of the commit: a SHA or `refs/heads/…`; null for none. By default the branch's head, else main's. Moves the branch by force. */
  readonly from?: string | null;
  /** Seconds since 1970; by default one second after the commit made before. */
  readonly date?: number;
}

export interface GitServer {
  /** `http://<host>:<port>`; a repository is at `<url>/<name>.git`. */
  readonly url: string;
  readonly root: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly authorization: string | undefined;
  }[];
  /** Makes a bare repository with one commit on `main` and says its clone URL and that commit. */
  createRepository(name: string, files?: Files): Promise<{ readonly url: string; readonly commit: string }>;
  /** Commits changes onto a branch, which is made from main where it is new, and says the commit's SHA. */
  commitTo(name: string, branch: string, files: Files, message?: string, options?: CommitOptions): Promise<string>;
  /** Runs git in a repository of the server and says its output, trimmed. */
  git(name: string, ...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts a git server whose repositories live in a folder of its own until `close`. */
export async function startGitServer({
  host = '127.0.0.1',
  token,
  users = [],
  publicRepositories = [],
}: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(path.join(tmpdir(), 'git-server-'));
  const accounts = [...(token === undefined ? [] : [{ token, may: 'write' as const }]), ...users];
  const requests: { method: string; url: string; authorization: string | undefined }[] = [];
  const handle = createGitHandler({
    root,
    mayAccess: (repository, operation, authorization) => {
      if (accounts.length === 0) return 'yes';
      if (operation === 'read' && publicRepositories.includes(repository)) return 'yes';
      const account = accounts.find((each) => each.token === passwordOf(authorization));
      if (account === undefined) return 'who';
      return account.may === 'write' || operation === 'read' ? 'yes' : 'no';
    },
  });
  const server = createServer((request: IncomingMessage, response) => {
    const { method = '', url = '' } = request;
    requests.push({ method, url, authorization: request.headers.authorization });
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  let clock = 1_700_000_000;
  const folder = (name: string): string => path.join(root, `${name}.git`);
  const git = (name: string, ...args: readonly string[]): Promise<string> =>
    runGit(['--git-dir', folder(name), ...args]);
  const exists = (name: string, ref: string): Promise<boolean> =>
    git(name, 'rev-parse', '--verify', '-q', ref).then(
      () => true,
      () => false,
    );

  const commitTo: GitServer['commitTo'] = async (name, branch, files, message = 'Change', options = {}) => {
    clock = options.date ?? clock + 1;
    const ref = `refs/heads/${branch}`;
    const startingPoint = async (): Promise<string | null> => {
      for (const start of [ref, 'refs/heads/main']) if (await exists(name, start)) return start;
      return null;
    };
    const from = options.from === undefined ? await startingPoint() : options.from;
    const parent = from === null ? null : await git(name, 'rev-parse', `${from}^{commit}`);
    await runGit(
      ['--git-dir', folder(name), 'fast-import', '--quiet', '--force'],
      [
        ...(parent === null ? [`reset ${ref}\n`] : []),
        `commit ${ref}\ncommitter Someone <someone@example.test> ${clock} +0000\n`,
        data(message),
        ...(parent === null ? [] : [`from ${parent}\n`]),
        ...Object.entries(files).map(([file, change]) => fileCommand(file, change)),
        'done\n',
      ],
    );
    return git(name, 'rev-parse', ref);
  };

  return {
    url,
    root,
    requests,
    commitTo,
    git,
    createRepository: async (name, files = { 'README.md': `# ${name}\n` }) => {
      await runGit(['init', '-q', '--bare', '-b', 'main', folder(name)]);
      const commit = await commitTo(name, 'main', files, 'First', { from: null });
      return { url: `${url}/${name}.git`, commit };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true, force: true });
    },
  };
}

function passwordOf(authorization: string | undefined): string | undefined {
  const [scheme, value] = authorization?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'basic' || value === undefined) return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function fileCommand(file: string, change: FileChange): string {
  const name = JSON.stringify(file);
  if (change === null) return `D ${name}\n`;
  const { mode, text } = typeof change === 'string' ? { mode: '100644', text: change } : change;
  return `M ${mode} inline ${name}\n${data(text)}`;
}

function runGit(args: readonly string[], input: readonly string[] = []): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8').trim());
      else reject(new Error(`git ${args.join(' ')}: ${code}: ${Buffer.concat(err).toString('utf8')}`));
    });
    child.stdin.end(input.join(''));
  });
}
