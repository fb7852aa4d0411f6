import type { SshLogin } from '../secrets/credentials.ts';

/** A repository to talk to. `authorization` is the value of the HTTP header and never leaves the child's environment. */
export interface Remote {
  readonly url: string;
  readonly authorization: string | undefined;
  /** In place of the header, for an `ssh://` URL. */
  readonly ssh?: SshLogin;
  /** Names the credential where the header changes by itself, as with tokens that live an hour; holds no secret. */
  readonly identity?: string;
}

/** What one commit of a source repository holds. Only what is asked for is fetched. */
export interface SourceSnapshot {
  readonly commit: string;
  /** First line of the commit's message. */
  readonly subject: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly committedAt: number;
  /** The object at a path, or undefined where there is none; `.` is the root. */
  entry(path: string): Promise<TreeEntry | undefined>;
  /** The regular files among these paths. */
  files(paths: readonly string[]): Promise<readonly TreeEntry[]>;
  /** Paths of the regular files anywhere below a folder, relative to it; `.` is the root. */
  filesBelow(folder: string): Promise<readonly string[]>;
  /** Texts of the files among these paths that exist, fetched in one request. Throws `DescriptorInvalid` for one over 1 MiB, or that many. */
  readFiles(paths: readonly string[], maximumMiB?: number): Promise<ReadonlyMap<string, string>>;
}

/** Source repositories: each use is a fresh bare folder that is removed afterwards. */
export interface SourceRepositories {
  /**
   * Resolves branch or commit (40 hex, or an unambiguous prefix of 7 or more) to a commit and lends its snapshot.
   * Throws `SourceNotFound`, also for a commit that the branch does not reach unless that is allowed; `AccessDenied`; `Unavailable`.
   */
  withCommit<T>(
    remote: Remote,
    wanted: WantedCommit,
    signal: AbortSignal,
    use: (snapshot: SourceSnapshot) => Promise<T>,
  ): Promise<T>;
  /** What the first commit is to the second one. Unknown commits count as unrelated. */
  relation(remote: Remote, commit: string, other: string, signal: AbortSignal): Promise<Relation>;
  /** Paths that differ between two commits, of a renamed file both. Throws `SourceNotFound` where the remote gives one of them no more. */
  changedPaths(remote: Remote, before: string, after: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The commits that these branches point to, asked at once; one that is not there is left out. */
  heads(remote: Remote, branches: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** How a branch came from each of these commits to another one. Throws `SourceNotFound` where the remote does not give the latter. */
  ranges(
    remote: Remote,
    befores: readonly string[],
    after: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitRange>>;
}

/** What lies between two commits of a branch. */
export interface CommitRange {
  /** The newest first; only the newest one where the others are not all known. */
  readonly commits: readonly RangeCommit[];
  /** True where those are all commits in between. */
  readonly whole: boolean;
  /** When the newest one was committed, in seconds since 1970. */
  readonly committedAt: number;
  /** Paths that differ between both ends, of a renamed file both; null where the earlier one is not given. */
  readonly paths: readonly string[] | null;
}

export interface RangeCommit {
  readonly id: string;
  readonly message: string;
  /** Of its author. */
  readonly email: string;
  /** What it changed of its first parent; null where its parent is not known. */
  readonly paths: readonly string[] | null;
}

export type Relation = 'same' | 'ancestor' | 'descendant' | 'unrelated';

export interface WantedCommit {
  readonly branch: string;
  readonly commit: string | null;
  /** When false, the commit must be reachable from the branch. */
  readonly allowUnreachable: boolean;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly id: string;
}

/** What stands at a path in the later of two commits; undefined where nothing does any more. */
export interface TreeChange {
  readonly path: string;
  readonly entry: TreeEntry | undefined;
}

/** A bare mirror of a GitOps repository on this worker: a cache that any step may find empty, and never the truth. */
export interface GitopsMirror {
  /** The same for the same repository and credential on this worker. */
  readonly key: string;
  /** Fetches the branch into the run's own ref and says which commit that is. Throws `SourceNotFound` where the branch is missing. */
  pin(branch: string, run: string): Promise<string>;
  /** Makes sure that a commit is here, fetching it where not. */
  ensure(commit: string): Promise<void>;
  /** Files of a commit (blobs only, whole tree), to be gone through once. */
  files(commit: string): Promise<Iterable<TreeEntry>>;
  /** Texts of blobs by id, in slices, so that a large repository is never in memory at once. */
  readBlobs(ids: readonly string[]): AsyncIterable<{ readonly id: string; readonly text: string }>;
  /** Id of the tree of a commit with these files written, and removed where the text is null; writes the blobs. */
  writeTree(commit: string, changes: ReadonlyMap<string, string | null>): Promise<string>;
  /** How the files differ between two commits that should be here; undefined where one of them is not. */
  changes(from: string, to: string): Promise<readonly TreeChange[] | undefined>;
  /** Paths that differ between two commits. */
  changedPaths(from: string, to: string): Promise<readonly string[]>;
  /** What a commit or tree that is here changes of another one, as a unified diff. */
  diff(from: string, to: string): Promise<string>;
  /** Makes a commit; the same arguments give the same SHA on every worker. */
  commit(request: {
    readonly tree: string;
    readonly parent: string;
    readonly message: string;
    readonly date: number;
  }): Promise<string>;
  /** Head of a branch at the remote, or undefined. */
  remoteHead(branch: string): Promise<string | undefined>;
  /** The remote's branches below a folder, by their whole names, and their heads. */
  remoteBranches(folder: string): Promise<ReadonlyMap<string, string>>;
  /** Message and committer of a remote commit that may not be here yet. */
  describeCommit(
    branch: string,
    commit: string,
  ): Promise<{ readonly message: string; readonly committerEmail: string; readonly tree: string }>;
  /** Pushes a commit to a branch whose head is `expected` (null: must not exist). The remote decides: see `PushAnswer`. */
  push(commit: string, branch: string, expected: string | null): Promise<PushAnswer>;
  /** Asks the remote whether this credential may push at all; rules of branches are asked only by a real push. Throws `AccessDenied`. */
  checkPush(commit: string): Promise<void>;
  /** Deletes a remote branch if its head is that commit; false where it is not. */
  deleteBranch(branch: string, commit: string): Promise<boolean>;
  /** Forgets a run's ref, but never the newest of the mirror. */
  release(run: string): Promise<void>;
}

/** `pushed`: the branch's head is our commit now, whatever the push itself said. `taken`: it is another one. */
export type PushAnswer = { readonly kind: 'pushed' } | { readonly kind: 'taken'; readonly head: string };

/** Opens, and where needed makes, the mirror of a repository for a credential. */
export type OpenMirror = (remote: Remote, signal: AbortSignal) => Promise<GitopsMirror>;
