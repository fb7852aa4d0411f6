import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const headersWithinMs = 5_000;
const downloadWithinMs = 180_000;

/** Downloads a file; throws where no good answer begins within five seconds, or the whole takes over three minutes. */
export async function download(
  address: string,
  file: string,
  fetch: typeof globalThis.fetch,
  onAnswer: () => void,
): Promise<void> {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(new Error('no answer within 5 s')), headersWithinMs);
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(downloadWithinMs)]),
    });
    clearTimeout(patience);
    if (!response.ok || response.body === null) throw new Error(`it answered ${response.status}`);
    onAnswer();
    await pipeline(response.body, createWriteStream(file));
  } finally {
    clearTimeout(patience);
  }
}

/** Why a download failed, in words: fetch hides the reason in the error's cause. */
export function downloadProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
