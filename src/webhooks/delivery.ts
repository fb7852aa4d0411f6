/** The code hosts that tell of pushes; also the last part of the address they tell it to. */
export const providerNames = ['github', 'gitlab', 'bitbucket', 'gitea'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Headers of a request by their names in small letters. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Why a delivery asks for nothing. These words are stable. */
export type IgnoredReason =
  | 'ping'
  | 'not-a-push'
  | 'tag'
  | 'not-a-branch'
  | 'branch-deleted'
  | 'no-commit'
  | 'no-change';

/** One webhook call, read. Small plain data: it is the input of the workflow that handles it. */
export type Delivery = Ignored | Push;

interface DeliveryHead {
  readonly provider: ProviderName;
  /** As the provider names it, such as `push` or `Push Hook`. */
  readonly event: string;
  /** The provider's id, the same when it delivers again; where it gives none, made of the body's hash. */
  readonly id: string;
}

export interface Ignored extends DeliveryHead {
  readonly ignored: IgnoredReason;
}

export interface Push extends DeliveryHead, PushContent {
  readonly ignored: null;
}

/** What a push changed, in the same words for all providers. */
export interface PushContent {
  /** The URLs under which the provider says that the repository is reached, at least one; the first is the one for messages. */
  readonly urls: readonly string[];
  /** Who pushed; at most 200 characters. */
  readonly actor: string | null;
  /**
   * Tells this push from another one with the same commits before and after, and is the same in every delivery of this push
   * where the provider makes that possible; null where only the delivery's id does.
   */
  readonly occurrence: string | null;
  /** At least one. */
  readonly changes: readonly Change[];
}

/** One branch that moved. */
export interface Change {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Null for a branch that is new. */
  readonly before: string | null;
  /** A full commit, 40 hex digits. */
  readonly after: string;
  /** Null where the provider does not tell. */
  readonly forced: boolean | null;
  readonly paths: ChangedPaths;
  /** The marker in the newest commit's message that asks to start nothing, such as `[skip ci]`. */
  readonly skipMarker: string | null;
  /** True where the push brings nothing but releases that Slipway itself committed. */
  readonly own: boolean;
}

/** Paths that a push changed, relative to the repository. */
export interface ChangedPaths {
  /** False where the payload is known to leave some out; then they count as touching everything. */
  readonly complete: boolean;
  /** True where, besides, nothing can be missing that the provider does not tell of, such as a forced push. */
  readonly proven: boolean;
  /** How many the payload lists, also where they are too many to be kept. */
  readonly count: number;
  /** Empty where they were too many. */
  readonly list: readonly string[];
}
