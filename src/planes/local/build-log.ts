import { open } from 'node:fs/promises';
import path from 'node:path';
import { afterLastHeading } from '../steps/step-heading.ts';
import { buildFiles } from './build-folder.ts';

const maxReadBytes = 64 * 1024;

/** The log since its last step began, at most the last 64 KiB; empty where there is no log. */
export async function readStepLog(folder: string): Promise<string> {
  const file = await open(path.join(folder, buildFiles.log)).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - maxReadBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return afterLastHeading(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}
