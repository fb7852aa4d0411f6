import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/** Tokens with characters that break shell, URL, sed and YAML, and that change in every encoding. */
const tokens = {
  'git-token': 'so|u&r@c:e/%2F-read',
  'gitops-token': 'gi|t&o@p:s/%2F+write=',
  'status-token': 'st|a&t@u:s/%2F',
};

let test: TestWorld;

beforeAll(async () => {
  test = await startTestWorld({ tokens });
});
afterAll(() => test?.stop());

/** A token as it is and as it could leak: base64 at each alignment, as part of basic auth, percent-encoded, JSON-escaped. */
function spellings(token: string): string[] {
  const shifted = ['', 'x', 'xx'].map((prefix) => {
    const skip = Math.ceil((prefix.length * 8) / 6);
    return Buffer.from(prefix + token)
      .toString('base64')
      .slice(skip, -4);
  });
  return [token, ...shifted, encodeURIComponent(token), encodeURI(token), JSON.stringify(token).slice(1, -1)];
}
const leaks = (text: string): string[] =>
  Object.values(tokens)
    .flatMap(spellings)
    .filter((spelling) => text.includes(spelling));

interface Found {
  readonly path: string;
  readonly text: string;
}

/** Every file below a folder as text, compressed ones (image layers) unpacked. */
async function filesBelow(folder: string): Promise<Found[]> {
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

/** All objects of every bare repository below a folder: mirrors, and what was pushed. */
async function objectsBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const repositories = entries.filter(({ name }) => name === 'HEAD').map(({ parentPath }) => parentPath);
  return Promise.all(
    repositories.map(async (path) => ({ path, text: await git(path, 'cat-file', '--batch', '--batch-all-objects') })),
  );
}

/** Command lines of all processes, looked at again and again while the run goes on. */
async function watchCommandLines(over: () => boolean): Promise<string[]> {
  const found: string[] = [];
  while (!over()) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(join('/proc', pid, 'cmdline'), 'latin1').catch(() => '');
      if (leaks(line).length > 0) found.push(line.replaceAll('\0', ' '));
    }
    await sleep(10);
  }
  return found;
}

it('finds a token with odd characters nowhere but in its own file', async () => {
  expect(spellings('probe-token').every((spelling) => spelling.length > 5)).toBe(true);
  const worker = await test.startWorker({ SLIPWAY_LOG_LEVEL: 'debug' });
  const commit = await test.world.commitChange('a change to look for');
  let over = false;
  const watching = watchCommandLines(() => over);
  const run = await test.start('secrets', commit);
  const result = await run.result();
  // One that is refused must not tell either.
  const refused = await test.start('refused', 'f'.repeat(40));
  const error = await refused.result().catch((failure: unknown) => failure);
  over = true;

  expect(result.outcome).toBe('released');
  expect(await watching).toEqual([]);
  const histories = await Promise.all([run, refused].map((handle) => handle.fetchHistory()));
  const decoded = JSON.stringify(histories, (_, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('latin1')
      : value,
  );
  expect(decoded).toContain('cloneSource');
  expect(leaks(decoded)).toEqual([]);
  expect(leaks(JSON.stringify(error) + String(error))).toEqual([]);
  await worker.stop();
  const secrets = join(test.folder, 'secrets');
  const found = [...(await filesBelow(test.folder)), ...(await objectsBelow(test.folder))];
  const elsewhere = found.filter(({ path }) => !path.startsWith(secrets));
  expect(elsewhere.filter(({ text }) => leaks(text).length > 0).map(({ path }) => path)).toEqual([]);
  // The search sees tokens, image layers and git objects.
  const own = found.filter(({ path }) => path.startsWith(secrets)).map(({ text }) => text);
  expect(leaks(own.join('\n'))).toEqual(expect.arrayContaining(Object.values(tokens)));
  const holding = (text: string) => elsewhere.filter((file) => file.text.includes(text)).map(({ path }) => path);
  expect(holding('a change to look for').filter((path) => path.includes('/registry/'))).not.toEqual([]);
  expect(holding('kind: ComponentRelease').filter((path) => path.includes('/cache/'))).not.toEqual([]);
});
