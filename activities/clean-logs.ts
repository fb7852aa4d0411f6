import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../src/failures.ts';
import type { LogStore } from '../src/logs/log-store.ts';
import { type Cleaned, joinCleaned, type Leftover, nothingCleaned } from '../src/runs/cleaned.ts';

export interface CleanLogsDeps {
  /** Null where logs are kept nowhere. */
  readonly logStore: LogStore | null;
  /** Logs of the last so many days stay; null: all. */
  readonly keepLogDays: number | null;
}

export function createCleanLogs({ logStore, keepLogDays }: CleanLogsDeps) {
  return {
    /** Deletes old logs of builds. With `dryRun` says what it would delete. Safe to repeat. */
    async cleanLogs({ dryRun }: { readonly dryRun: boolean }): Promise<Cleaned> {
      if (logStore === null || keepLogDays === null) return nothingCleaned;
      const removed: Leftover[] = [];
      const notes: string[] = [];
      try {
        const before = new Date(Date.now() - keepLogDays * 24 * 3600_000);
        for (const log of await logStore.olderThan(before, cancellationSignal())) {
          if (!dryRun) await logStore.remove(log, cancellationSignal());
          const reason = `it is of ${log.keptAt.toISOString().slice(0, 10)}`;
          removed.push({ kind: 'log', place: logStore.place, name: log.name, reason });
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        notes.push(error.message);
      }
      return joinCleaned([{ removed, count: removed.length, notes }]);
    },
  };
}
