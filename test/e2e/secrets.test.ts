import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git } from '../support/gitops.ts';
import { type Found, filesBelow, findLeaks, historyText, spellings, watchCommandLines } from '../support/leaks.ts';
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

const leaks = (text: string): string[] => findLeaks(Object.values(tokens), text);

/** All objects of every bare repository below a folder: mirrors, and what was pushed. */
async function objectsBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const repositories = entries.filter(({ name }) => name === 'HEAD').map(({ parentPath }) => parentPath);
  return Promise.all(
    repositories.map(async (path) => ({ path, text: await git(path, 'cat-file', '--batch', '--batch-all-objects') })),
  );
}

it('finds a token with odd characters nowhere but in its own file', async () => {
  expect(spellings('probe-token').every((spelling) => spelling.length > 5)).toBe(true);
  const worker = await test.startWorker({ SLIPWAY_LOG_LEVEL: 'debug' });
  const commit = await test.world.commitChange('a change to look for');
  let over = false;
  const watching = watchCommandLines(Object.values(tokens), () => over);
  const run = await test.start('secrets', commit);
  const result = await run.result();
  // One that is refused must not tell either.
  const refused = await test.start('refused', 'f'.repeat(40));
  const error = await refused.result().catch((failure: unknown) => failure);
  over = true;

  expect(result.outcome).toBe('released');
  expect(await watching).toEqual([]);
  const decoded = await historyText([run, refused]);
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
