import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../failures.ts';
import { gitEnvironment, type PartialFilter } from './environment.ts';
import { explainGit, type GitAttempt, isDamage } from './explain-git.ts';
import type { Remote } from './git.ts';
import { runLsRemote } from './ls-remote.ts';
import { type GitResult, type RunningGit, runGit, startGit } from './run-git.ts';
import type { GitCall, GitSettings } from './settings.ts';
import { writeSshLogin } from './ssh.ts';

/** A bare repository on disk and its remote, bound to one signal. */
export interface BareRepository {
  readonly folder: string;
  /** What is being done with the remote, for the messages of failures. */
  readonly attempt: Pick<GitAttempt, 'remote' | 'credential'>;
  /** Runs a local command; any exit code is an answer. */
  run(args: readonly string[], options?: LocalOptions): Promise<GitResult>;
  /** Output of a local command that has to succeed; else `Unavailable`. */
  read(args: readonly string[], options?: LocalOptions): Promise<Buffer>;
  /** Starts a local command whose output is read as it comes. */
  stream(args: readonly string[], input: string): RunningGit;
  /** Fetches refspecs or object ids. Throws what git's text means. */
  fetch(refspecs: readonly string[], options?: FetchOptions): Promise<void>;
  /** Full names and ids of the remote's refs that match one of the patterns. Throws what git's text means. */
  remoteRefs(...patterns: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Pushes one refspec with these options, such as a lease; says what git printed, and whether it was content. */
  push(options: readonly string[], refspec: string): Promise<{ readonly ok: boolean; readonly output: string }>;
}

export interface FetchOptions {
  /** Only so many commits of history; the repository is shallow then, so never for one that is shared. */
  readonly depth?: number;
  /** False where what is here already does not help, as for objects by id. */
  readonly negotiate?: boolean;
}

export interface LocalOptions {
  readonly input?: string | Buffer;
  /** Added to the hardened environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface BareRepositoryOptions {
  readonly folder: string;
  readonly remote: Remote;
  readonly credential: GitAttempt['credential'];
  /** What every fetch leaves at the remote, unless it is asked for by id. */
  readonly filter: PartialFilter;
  readonly settings: GitSettings;
  readonly signal: AbortSignal;
  /** Called when git finds the folder damaged. */
  readonly onDamage?: () => Promise<void>;
}

/** A little less than what a step may take, so that its failure says which command it was. */
const transferMs = 9 * 60_000;

/** Binds a folder made by `writeBareRepository` to its remote. */
export function openBareRepository(options: BareRepositoryOptions): BareRepository {
  const { folder, remote, credential, filter, settings, signal, onDamage = async () => {} } = options;
  const local = { folder, signal, environment: gitEnvironment(folder, settings) };
  const reaching = { folder, signal, environment: gitEnvironment(folder, settings, { remote, filter }) };
  const checked = async (result: GitResult): Promise<GitResult> => {
    if (result.code !== 0 && isDamage(result.stderr)) await onDamage();
    return result;
  };
  const run: BareRepository['run'] = async (args, { input = '', environment = {} } = {}) =>
    checked(await runGit({ ...local, args, input, environment: { ...local.environment, ...environment } }));

  const reach = async (operation: GitCall['operation'], call: () => Promise<GitResult>): Promise<GitResult> => {
    const began = Date.now();
    let isDone = false;
    try {
      const result = await checked(await call());
      isDone = result.code === 0;
      return result;
    } finally {
      settings.onCall?.({ operation, host: new URL(remote.url).host, isDone, seconds: (Date.now() - began) / 1000 });
    }
  };

  return {
    folder,
    attempt: { remote, credential },
    run,
    read: async (args, more) => {
      const { code, stdout, stderr } = await run(args, more);
      if (code === 0) return stdout;
      throw failedHere(`${args[0]}`, stderr);
    },
    stream: (args, input) => startGit({ ...local, args, input }),
    fetch: async (refspecs, { depth, negotiate = true } = {}) => {
      const args = [
        ...(negotiate ? [] : ['-c', 'fetch.negotiationAlgorithm=noop']),
        ...['fetch', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no'],
        ...(depth === undefined ? [] : [`--depth=${depth}`]),
        ...['origin', ...refspecs],
      ];
      const { code, stderr } = await reach('fetch', () => runGit({ ...reaching, args, timeoutMs: transferMs }));
      if (code !== 0) throw explainGit(stderr, { remote, credential, operation: 'read' });
    },
    remoteRefs: async (...patterns) => {
      const args = ['ls-remote', remote.url, ...patterns];
      const { code, stdout, stderr } = await reach('ls-remote', () => runLsRemote({ ...reaching, args }));
      if (code !== 0) throw explainGit(stderr, { remote, credential, operation: 'read' });
      return parseRefs(stdout.toString('utf8'));
    },
    push: async (more, refspec) => {
      const fixed = ['--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];
      const args = ['push', ...fixed, ...more, 'origin', refspec];
      const { code, stdout, stderr } = await reach('push', () => runGit({ ...reaching, args, timeoutMs: transferMs }));
      return { ok: code === 0, output: `${stdout.toString('utf8')}\n${stderr}` };
    },
  };
}

function parseRefs(text: string): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [id, ref] = line.split('\t');
    if (id && ref) refs.set(ref, id);
  }
  return refs;
}

/** What to throw for a local command that should have succeeded. */
export function failedHere(command: string, stderr: string): Failure {
  return new Failure('Unavailable', `git ${command} failed on this worker: ${stderr.trim().slice(0, 400)}`);
}

/** The configuration on disk of every repository here. What says where the remote is comes with the environment of those commands that reach it. */
export const bareConfig = '[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n';

/** Writes an empty bare repository into an existing folder: what `git init` would, without its process. */
export async function writeBareRepository(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'objects', 'pack'), { recursive: true });
  await mkdir(path.join(folder, 'refs'));
  await writeFile(path.join(folder, 'config'), bareConfig);
  await writeFile(path.join(folder, 'HEAD'), 'ref: refs/heads/none\n');
}

const dayMs = 24 * 3600_000;

/** Lends a fresh bare repository that is removed afterwards; removes what killed workers left behind a day ago. */
export async function withFreshRepository<T>(
  options: Omit<BareRepositoryOptions, 'folder'>,
  use: (repository: BareRepository) => Promise<T>,
): Promise<T> {
  const parent = path.join(options.settings.folder, 'sources');
  await mkdir(parent, { recursive: true });
  await removeOlderThan(parent, dayMs);
  const folder = await mkdtemp(path.join(parent, 'source-'));
  try {
    await writeBareRepository(folder);
    if (options.remote.ssh !== undefined) await writeSshLogin(folder, options.remote.ssh);
    return await use(openBareRepository({ ...options, folder }));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function removeOlderThan(parent: string, ageMs: number): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = path.join(parent, name);
    const modified = (await stat(folder).catch(() => undefined))?.mtimeMs;
    if (modified !== undefined && modified < Date.now() - ageMs) await rm(folder, { recursive: true, force: true });
  }
}
