import { branches, noCommit } from './git.ts';
import type { Repository } from './repositories.ts';

/** One branch that moved: made (`before` is all zeros), deleted (`after` is all zeros) or changed. */
export interface PushEvent {
  /** `owner/name`. */
  readonly repository: string;
  /** `refs/heads/…`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  /** Login of who pushed, or null for an unknown one. */
  readonly pusher: string | null;
}

/** Finds what a push changed by comparing the branches with those that were seen before. */
export interface PushWatch {
  /** To be called before anything moves a branch; cheap when the repository is known. */
  prepare(repository: Repository): Promise<void>;
  /** Tells about every branch that moved since it was last asked. */
  announce(repository: Repository, pusher: string | null): Promise<void>;
}

/** A watch that tells each move once, in order. `onPush` must not throw. */
export function createPushWatch(onPush: (event: PushEvent) => void): PushWatch {
  const seen = new Map<string, Map<string, string>>();

  return {
    async prepare(repository) {
      if (!seen.has(repository.name)) seen.set(repository.name, await branches(repository.folder));
    },
    async announce(repository, pusher) {
      const after = await branches(repository.folder);
      const before = seen.get(repository.name) ?? new Map<string, string>();
      seen.set(repository.name, after);
      for (const branch of new Set([...before.keys(), ...after.keys()])) {
        const move = { before: before.get(branch) ?? noCommit, after: after.get(branch) ?? noCommit };
        if (move.before !== move.after)
          onPush({ repository: repository.name, ref: `refs/heads/${branch}`, ...move, pusher });
      }
    },
  };
}
