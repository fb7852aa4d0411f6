import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedactedPieces } from '../../secrets/redact.ts';
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

/** Copies the log of a Job into a file, in place of what is there, without what is `redacted`. Best effort: no trouble of it shows. */
export function copyLog(
  api: KubeApi,
  job: { readonly namespace: string; readonly name: string },
  file: string,
  redacted: RedactedPieces,
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
      else await copied.appendFile(redacted.next(text));
    };
    try {
      await followLog(api, job, { signal: stop.signal, write });
    } finally {
      await copied.appendFile(redacted.rest());
    }
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
