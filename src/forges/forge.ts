/** A code host's API. Throws `Failure` (`AccessDenied`, `PolicyRejected`, `RateLimited`, `SourceNotFound`, `Unavailable`). */
export interface Forge {
  /**
   * Pull requests whose head is that branch of the same repository, in every state, or all open ones against a base branch; newest
   * first. A forge that cannot look for heads finds those against `base` and one of those that are over; where `base` is null the open ones.
   */
  pullRequests(
    query: { readonly head: string; readonly base: string | null } | { readonly openAgainst: string },
  ): Promise<readonly PullRequest[]>;
  /** Opens a pull request with labels and reviewers; where one is open for that head already, that one. What it could not add is a warning. */
  openPullRequest(
    request: NewPullRequest,
  ): Promise<{ readonly pullRequest: PullRequest; readonly warnings: readonly string[] }>;
  /** Adds a comment. Not safe to repeat. */
  comment(number: number, body: string): Promise<void>;
  /** Closes it and replaces its body. */
  closePullRequest(number: number, body: string): Promise<void>;
  /** Sets the status of a commit under one context; the last one set counts, so it is safe to repeat. */
  setCommitStatus(commit: string, status: CommitStatus): Promise<void>;
  /** Every path that differs between two commits, of a renamed file both; null where the forge cannot tell them all, as after a forced push. */
  changedFiles(before: string, after: string): Promise<readonly string[] | null>;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly head: { readonly branch: string; readonly commit: string };
  readonly base: string;
  /** Head in the same repository and opened by the account whose token we hold. */
  readonly ours: boolean;
}

export interface NewPullRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
}

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly context: string;
  /** Cut to what the forge takes. */
  readonly description: string;
  readonly url: string | null;
}

/** Opens the forge of a repository with the credential that a key names. Throws `SecretMissing`, `NotAllowed`, `InvalidRun`. */
export type OpenForge = (
  repositoryUrl: string,
  key: 'git-token' | 'gitops-token' | 'status-token',
  namespace: string,
  signal: AbortSignal,
) => Promise<Forge>;
