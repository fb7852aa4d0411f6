import { runCommand } from '../run-command.ts';

/** One commit as a page shows it. */
export interface CommitSummary {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  readonly message: string;
}

interface GitOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The name that git uses for "no commit". */
export const noCommit = '0'.repeat(40);

/** Runs git in a bare repository and returns what it wrote; throws with git's own text. */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runGit(folder, args, options);
  if (code === 0) return stdout;
  throw new Error(`git ${args[0] ?? ''} ended with ${code ?? 'a signal'} in ${folder}: ${stderr.trim()}`);
}

/** Runs git and tells how it ended, for commands whose exit code is an answer. */
export function runGit(
  folder: string,
  args: readonly string[],
  { input, environment }: GitOptions = {},
): ReturnType<typeof runCommand> {
  return runCommand('git', args, {
    folder,
    ...(input !== undefined && { input }),
    environment: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      ...environment,
    },
  });
}

/** Every branch and its head. */
export async function branches(folder: string): Promise<Map<string, string>> {
  const text = await git(folder, ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads']);
  return new Map(lines(text).map((line): [string, string] => [line.slice(41), line.slice(0, 40)]));
}

/** The commit that a branch, tag or id names, or undefined. */
export async function commitOf(folder: string, name: string): Promise<string | undefined> {
  if (!/^[\w./-]+$/.test(name) || name.startsWith('-') || name.includes('..')) return undefined;
  const { code, stdout } = await runGit(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  ]);
  return code === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}

/** Is the first commit part of the second one's history? */
export async function isAncestor(folder: string, older: string, newer: string): Promise<boolean> {
  return (await runGit(folder, ['merge-base', '--is-ancestor', older, newer])).code === 0;
}

/** Where two histories parted, or the first commit where they never met. */
export async function mergeBase(folder: string, one: string, other: string): Promise<string> {
  const { stdout } = await runGit(folder, ['merge-base', one, other]);
  return stdout.trim() || one;
}

/** How many commits `to` has that `from` has not. */
export async function countCommits(folder: string, from: string, to: string): Promise<number> {
  return Number(await git(folder, ['rev-list', '--count', `${from}..${to}`]));
}

/** The newest commits of a range or a commit. */
export async function log(folder: string, range: string, limit: number): Promise<CommitSummary[]> {
  const text = await git(folder, [
    'log',
    '-z',
    `--max-count=${limit}`,
    '--format=%H%x01%P%x01%an%x01%cI%x01%B',
    range,
    '--',
  ]);
  return text.split('\0').flatMap((record) => {
    const [commit, parents = '', author = '', date = '', message = ''] = record.split('\x01');
    return commit
      ? [{ commit: commit.trim(), parents: parents.split(' ').filter(Boolean), author, date, message: message.trim() }]
      : [];
  });
}

/** The unified diff between two commits; against nothing where `from` is undefined. */
export function diff(folder: string, from: string | undefined, to: string): Promise<string> {
  const range = from === undefined ? ['diff-tree', '--root', '-p', '--no-commit-id', to] : ['diff', from, to];
  return git(folder, [...range, '--no-color', '--no-ext-diff', '--no-textconv', '--find-renames', '--']);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
