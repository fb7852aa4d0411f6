import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from './api/kube-api.ts';
import { followLog } from './follow-log.ts';

export interface LogCopy {
  /** Begins once; a Job that has not begun prints nothing. */
  begin(): void;
  /** Ends the copying, after a moment in which what was printed last may still come. Never throws. */
  end(): Promise<void>;
}

const lastLinesMs = 3000;
const longestBytes = 64 * 1024 * 1024;

/** Copies the log of a Job into a file, in place of what is there, each text as `redact` leaves it. Best effort: no trouble of it shows. */
export function copyLog(
  api: KubeApi,
  job: { readonly namespace: string; readonly name: string },
  file: string,
  redact: (text: string) => string,
): LogCopy {
  const stop = new AbortController();
  let copying: Promise<void> | undefined;

  const copy = async (): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await using copied = await open(file, 'w', 0o600);
    let bytes = 0;
    const write = async (text: string): Promise<void> => {
      bytes += text.length;
      if (bytes > longestBytes) stop.abort();
      else await copied.appendFile(redact(text));
    };
    await followLog(api, job, { signal: stop.signal, write });
  };

  return {
    begin() {
      copying ??= copy().catch(() => {});
    },
    async end() {
      await Promise.race([copying, sleep(lastLinesMs)]);
      stop.abort();
      await copying;
    },
  };
}
