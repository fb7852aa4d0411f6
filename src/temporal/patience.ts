import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';

/** Ends waiting for a Temporal that is away. */
export interface Patience {
  /** What the work gives, or an error after so many milliseconds. */
  within<T>(ms: number, work: () => Promise<T>): Promise<T>;
  /** Returns when nothing is on its way any more: the SDK's next try on a closed connection would end the process. */
  settled(): Promise<void>;
}

/** For work over a connection. The SDK goes on trying for some seconds after a deadline, so that alone would be too late. */
export function createPatience(connection: Connection): Patience {
  const pending = new Set<Promise<void>>();
  return {
    async within(ms, work) {
      const limit = new AbortController();
      const late = sleep(ms, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`Temporal does not answer within ${ms} ms`);
      });
      const call = connection.withDeadline(Date.now() + ms, work);
      const over = call.then(
        () => void pending.delete(over),
        () => void pending.delete(over),
      );
      pending.add(over);
      try {
        return await Promise.race([call, late]);
      } finally {
        limit.abort();
      }
    },
    async settled() {
      await Promise.all(pending);
    },
  };
}
