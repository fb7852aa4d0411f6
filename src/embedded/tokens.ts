import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads the random tokens of a world from its secrets folder, one file a key that only its owner reads; makes those that are missing. */
export async function readOrMakeTokens<Key extends string>(
  folder: string,
  keys: readonly Key[],
): Promise<Readonly<Record<Key, string>>> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  const entries = await Promise.all(keys.map(async (key) => [key, await readOrMake(join(folder, key))] as const));
  return Object.fromEntries(entries) as Record<Key, string>;
}

async function readOrMake(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known;
  const token = randomBytes(24).toString('hex');
  // A token is there whole or not at all, whenever we are killed.
  await writeFile(`${file}.new`, token, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return token;
}
