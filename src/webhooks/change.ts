import { committer, parseTrailers } from '../runs/commit-message.ts';
import type { Change, ChangedPaths, IgnoredReason } from './delivery.ts';

/** One commit of a push, as far as anything depends on it. */
export interface PushedCommit {
  readonly id: string;
  readonly message: string;
  /** Of its author. */
  readonly email: string | null;
  /** Null where the provider lists none. */
  readonly paths: readonly string[] | null;
}

interface Target {
  readonly branch: string;
  readonly isNew: boolean;
  readonly before: string | null;
  readonly after: string;
}

/** The branch that moved and its commits before and after, or why there is nothing to build. */
export function readRef(move: {
  readonly ref: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly deleted?: boolean | undefined;
}): Target | { readonly ignored: IgnoredReason } {
  const { ref, before = '', after = '', deleted = false } = move;
  if (ref.startsWith('refs/tags/')) return { ignored: 'tag' };
  const [, branch] = /^refs\/heads\/(.{1,255})$/s.exec(ref) ?? [];
  if (branch === undefined) return { ignored: 'not-a-branch' };
  if (deleted || isZero(after)) return { ignored: 'branch-deleted' };
  if (!isCommit(after)) return { ignored: 'no-commit' };
  // As the test buttons of Gitea and others send it.
  if (before === after) return { ignored: 'no-change' };
  return { branch, isNew: isZero(before), before: isCommit(before) ? before : null, after };
}

/** As providers write that there is no commit. */
function isZero(text: string): boolean {
  return /^0{40,64}$/.test(text);
}

/** A full commit id. */
function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text) && !isZero(text);
}

/** What moved a branch, as its provider tells it. */
interface Move extends Target {
  readonly forced: boolean | null;
  readonly commits: readonly PushedCommit[];
  /** The commit that the branch now points to, where it is told apart from the others. */
  readonly head: PushedCommit | undefined;
  /** True where the payload leaves commits or files out. */
  readonly cut: boolean;
  /** True where a renamed file is listed under its old name, too. */
  readonly tellsRenames: boolean;
}

/** Says of a branch's move what the decision to build needs, and leaves messages and authors behind. */
export function readChange(move: Move): Change {
  const { branch, before, after, forced, isNew, commits, cut, tellsRenames } = move;
  const head = move.head ?? commits.find(({ id }) => id === after);
  const whole = !cut && !isNew && forced !== true && commits.length > 0;
  const listsHead = commits.some(({ id }) => id === after);
  return {
    branch,
    before,
    after,
    forced,
    paths: readPaths(commits, whole, tellsRenames && forced === false && listsHead),
    skipMarker: skipMarker(head?.message ?? ''),
    own: whole && isOwn(commits),
  };
}

/** So much of paths, as JSON, is kept of one change; more could burden the history of the workflow that gets it. */
const MAX_BYTES = 64 * 1024;

function readPaths(commits: readonly PushedCommit[], whole: boolean, proven: boolean): ChangedPaths {
  const list = new Set(commits.flatMap(({ paths }) => paths ?? []));
  const count = list.size;
  const told = whole && count > 0 && commits.every(({ paths }) => paths !== null);
  if (!told) return { complete: false, proven: false, count, list: [] };
  let bytes = 2;
  for (const path of list) bytes += Buffer.byteLength(JSON.stringify(path)) + 1;
  if (bytes > MAX_BYTES) return { complete: false, proven: false, count, list: [] };
  return { complete: true, proven, count, list: [...list] };
}

/** The words that Pipelines-as-Code knows, with our name in place of Tekton's; small letters only, as there. */
function skipMarker(message: string): string | null {
  return /\[(skip ci|ci skip|skip slipway|slipway skip)\]/.exec(message)?.[0] ?? null;
}

/** Also a merge of our commits is ours when it touches nothing else. */
function isOwn(commits: readonly PushedCommit[]): boolean {
  const ours = commits.filter(isOwnCommit);
  if (ours.length === 0) return false;
  const paths = new Set(ours.flatMap((commit) => commit.paths ?? []));
  return commits.every((commit) => ours.includes(commit) || (commit.paths?.every((path) => paths.has(path)) ?? false));
}

/** Trailers and author are ours. A code host that squashes a pull request names the author as a co-author instead. */
function isOwnCommit({ message, email }: PushedCommit): boolean {
  const [text = '', ...coAuthors] = message.trimEnd().split(/^(?:-+\n\s*)?Co-authored-by: /im);
  const isOurs = email === committer.email || coAuthors.some((author) => author.includes(`<${committer.email}>`));
  return isOurs && parseTrailers(text) !== undefined;
}
