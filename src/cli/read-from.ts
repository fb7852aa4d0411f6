import { open } from 'node:fs/promises';

const MOST_BYTES = 64 * 1024;

/** The bytes of a file from an offset on, at most 64 KiB; null where there is no such file. */
export async function readFrom(file: string, offset: number): Promise<Uint8Array | null> {
  try {
    await using opened = await open(file);
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, offset);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
