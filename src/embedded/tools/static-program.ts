import { open } from 'node:fs/promises';

const interpreterSegment = 3;

/** Whether a file is a 64-bit little-endian ELF program that needs no loader, so that it runs alone in an image. */
export async function isStaticProgram(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.length < 64 || head.toString('latin1', 0, 4) !== '\x7fELF' || head[4] !== 2 || head[5] !== 1) return false;
    const start = Number(head.readBigUInt64LE(32));
    const size = head.readUInt16LE(54);
    const count = head.readUInt16LE(56);
    if (start + size * count > head.length) return false;
    return !Array.from({ length: count }, (_, index) => head.readUInt32LE(start + size * index)).includes(
      interpreterSegment,
    );
  } finally {
    await file.close();
  }
}
