/** One thing that is not needed any more. */
export interface Leftover {
  readonly kind: 'branch' | 'build-record' | 'layer-cache' | 'log';
  /** Repository, registry or store. */
  readonly place: string;
  readonly name: string;
  /** Why, in a few words. */
  readonly reason: string;
}

/** What one part of a clean-up did, or without deleting anything would do. */
export interface Cleaned {
  /** The first few hundred. */
  readonly removed: readonly Leftover[];
  readonly count: number;
  /** What could not be looked at or removed, in sentences. */
  readonly notes: readonly string[];
}

/** A clean-up as the schedule of janitors keeps it. */
export interface JanitorResult {
  /** Unfinished Jobs that nobody wanted. */
  readonly jobs: number;
  /** When all the rest was looked at last, in milliseconds since 1970; null: never. */
  readonly cleanedAt: number | null;
  /** Null where it was not its time. */
  readonly cleaned: Cleaned | null;
}

/** Nothing was there to be removed. */
export const nothingCleaned: Cleaned = { removed: [], count: 0, notes: [] };

const MOST_TOLD = 300;

/** Several parts as one, with so much of each that a history can keep it. */
export function joinCleaned(parts: readonly Cleaned[]): Cleaned {
  return {
    removed: parts.flatMap(({ removed }) => removed).slice(0, MOST_TOLD),
    count: parts.reduce((sum, { count }) => sum + count, 0),
    notes: [...new Set(parts.flatMap(({ notes }) => notes))].slice(0, 50),
  };
}
