import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { RunHandle } from './world.ts';

/** A token as it is and as it could leak: base64 at each alignment, as part of basic auth, percent-encoded, JSON-escaped. */
export function spellings(token: string): string[] {
  const shifted = ['', 'x', 'xx'].map((prefix) => {
    const skip = Math.ceil((prefix.length * 8) / 6);
    return Buffer.from(prefix + token)
      .toString('base64')
      .slice(skip, -4);
  });
  return [token, ...shifted, encodeURIComponent(token), encodeURI(token), JSON.stringify(token).slice(1, -1)];
}

/** The spellings of these tokens that are in a text. */
export function findLeaks(tokens: readonly string[], text: string): string[] {
  return tokens.flatMap(spellings).filter((spelling) => text.includes(spelling));
}

/** A file and what is in it. */
export interface Found {
  readonly path: string;
  readonly text: string;
}

/** Every file below a folder as text, compressed ones (image layers) unpacked. */
export async function filesBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path).catch(() => Buffer.of());
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return { path, text: (isGzip ? gunzipSync(bytes) : bytes).toString('latin1') };
    }),
  );
}

/** Command lines of all processes of this machine that hold one of these tokens, looked for again and again until it is over. */
export async function watchCommandLines(tokens: readonly string[], over: () => boolean): Promise<string[]> {
  const found: string[] = [];
  while (!over()) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(join('/proc', pid, 'cmdline'), 'latin1').catch(() => '');
      if (findLeaks(tokens, line).length > 0) found.push(line.replaceAll('\0', ' '));
    }
    await sleep(10);
  }
  return found;
}

/** The histories of runs as text, payloads decoded. */
export async function historyText(runs: readonly RunHandle[]): Promise<string> {
  const histories = await Promise.all(runs.map((handle) => handle.fetchHistory()));
  return JSON.stringify(histories, (_, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('latin1')
      : value,
  );
}
