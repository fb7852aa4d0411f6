import { openAsBlob } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Logger } from '../logger.ts';
import type { RedactedPieces } from '../secrets/redact.ts';
import type { LogStore, StoredBuild } from './log-store.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const PATIENCE_MS = 20_000;

/**
 * Keeps the log in a file, its first 64 MiB, without secrets. Best effort, for twenty seconds: a build is no worse for a log that is
 * not kept.
 */
export async function keepLog(
  store: LogStore,
  build: StoredBuild,
  file: string,
  redacted: () => Promise<RedactedPieces>,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const copy = `${file}.${process.pid}`;
  try {
    await copyRedacted(file, copy, await redacted());
    await store.put(build, await openAsBlob(copy), AbortSignal.timeout(PATIENCE_MS));
  } catch (error) {
    logger.warn('log of a build not kept', { run: `${build.namespace}/${build.run}`, error });
  } finally {
    await rm(copy, { force: true }).catch(() => {});
  }
}

/** Writes the copy to a file, for a worker has no memory for long logs of several builds at once. */
async function copyRedacted(file: string, copy: string, redacted: RedactedPieces): Promise<void> {
  const decoder = new TextDecoder();
  await using from = await open(file);
  await using to = await open(copy, 'w', 0o600);
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < MOST_BYTES; ) {
    const { bytesRead } = await from.read(piece, 0, PIECE_BYTES, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    await to.appendFile(redacted.next(decoder.decode(piece.subarray(0, bytesRead), { stream: true })));
  }
  await to.appendFile(redacted.next(decoder.decode()) + redacted.rest());
}
