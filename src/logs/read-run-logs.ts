import type { RunBuilds } from '../temporal/find-builds.ts';
import type { LogStore } from './log-store.ts';

/** Reads the kept logs of a run's newest execution; null where there is no such run, or nothing is kept of what is asked for. */
export async function readRunLogs(
  {
    store,
    findBuilds,
  }: { readonly store: LogStore; findBuilds(namespace: string, name: string): Promise<RunBuilds | null> },
  namespace: string,
  name: string,
  only: number | null,
): Promise<AsyncIterable<Uint8Array | string> | null> {
  const found = await findBuilds(namespace, name);
  if (found === null) return null;
  const signal = AbortSignal.timeout(5 * 60_000);
  const kept: { readonly ordinal: number; readonly log: AsyncIterable<Uint8Array> }[] = [];
  for (const { ordinal, reused } of found.builds) {
    if (reused || (only !== null && only !== ordinal)) continue;
    const log = await store.get({ namespace, run: name, execution: found.execution, ordinal }, signal);
    if (log !== null) kept.push({ ordinal, log });
  }
  return kept.length === 0 ? null : joined(kept, only === null);
}

async function* joined(
  logs: readonly { readonly ordinal: number; readonly log: AsyncIterable<Uint8Array> }[],
  headed: boolean,
): AsyncGenerator<Uint8Array | string> {
  for (const { ordinal, log } of logs) {
    if (headed && ordinal > 1) yield `=== build ${ordinal} ===\n`;
    yield* log;
  }
}
