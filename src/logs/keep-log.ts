import { open } from 'node:fs/promises';
import type { Logger } from '../logger.ts';
import type { LogStore, StoredBuild } from './log-store.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const PATIENCE_MS = 20_000;

/** Takes secrets out of a text that comes in pieces. */
interface Pieces {
  next(piece: string): string;
  rest(): string;
}

/**
 * Keeps the log in a file, its first 64 MiB, without secrets. Best effort, for twenty seconds: a build is no worse for a log that is
 * not kept.
 */
export async function keepLog(
  store: LogStore,
  build: StoredBuild,
  file: string,
  redacted: () => Promise<Pieces>,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  try {
    await store.put(build, await readRedacted(file, await redacted()), AbortSignal.timeout(PATIENCE_MS));
  } catch (error) {
    logger.warn('log of a build not kept', { run: `${build.namespace}/${build.run}`, error });
  }
}

async function readRedacted(file: string, redacted: Pieces): Promise<Uint8Array> {
  const decoder = new TextDecoder();
  const parts: Buffer[] = [];
  await using opened = await open(file);
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < MOST_BYTES; ) {
    const { bytesRead } = await opened.read(piece, 0, PIECE_BYTES, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    parts.push(Buffer.from(redacted.next(decoder.decode(piece.subarray(0, bytesRead), { stream: true }))));
  }
  parts.push(Buffer.from(redacted.next(decoder.decode()) + redacted.rest()));
  return Buffer.concat(parts);
}
