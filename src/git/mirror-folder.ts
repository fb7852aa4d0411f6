import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bareConfig, writeBareRepository } from './bare-repository.ts';
import type { Remote } from './git.ts';
import type { GitSettings } from './settings.ts';

const maxPacks = 300;
/** Loose objects of one of 256 folders. */
const maxLooseOfOne = 100;
const hourMs = 3600_000;

/**
 * The folder of the mirror of a repository for a credential, made where there is none. A mirror that is damaged or worn out gets a successor
 * of the next number beside it, so that whoever uses it can finish.
 */
export async function openMirrorFolder({ folder }: GitSettings, remote: Remote): Promise<string> {
  const parent = path.join(folder, 'mirrors');
  await mkdir(parent, { recursive: true });
  const name = mirrorName(remote);
  const numbers = await generations(parent, name);
  const current = numbers.at(-1) ?? 0;
  const place = (number: number): string => path.join(parent, `${name}.${number}`);
  if (current > 0 && !(await isWorn(place(current)))) return place(current);
  await make(parent, place(current + 1));
  await Promise.all(numbers.slice(0, -1).map((number) => rm(place(number), { recursive: true, force: true })));
  return place(current + 1);
}

/** Says that a mirror must not be opened again. */
export async function markDamaged(folder: string): Promise<void> {
  await writeFile(path.join(folder, 'damaged'), '').catch(() => {}); // it may be gone altogether
}

/** Runs a tidying of the mirror when the last one is an hour ago, after removing what killed fetches left behind. */
export async function tidyHourly(folder: string, tidy: () => Promise<void>): Promise<void> {
  const marker = path.join(folder, 'tidied');
  const last = await modifiedAt(marker);
  if (last !== undefined && Date.now() - last < hourMs) return;
  await writeFile(marker, '');
  await utimes(marker, new Date(), new Date());
  const objects = path.join(folder, 'objects');
  for (const entry of await readdir(objects, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.name.startsWith('tmp_') || !entry.isFile()) continue;
    const modified = await modifiedAt(file);
    if (modified !== undefined && Date.now() - modified > hourMs) await rm(file, { force: true });
  }
  await tidy();
}

function mirrorName({ url, authorization = '', identity }: Remote): string {
  const readable = (url.split('/').at(-1) ?? '')
    .replace(/\.git$/, '')
    .replace(/[^\w-]/g, '_')
    .slice(0, 40);
  const hash = createHash('sha256')
    .update(`${url}\n${identity ?? authorization}`)
    .digest('hex')
    .slice(0, 32);
  return `${readable}-${hash}`;
}

async function generations(parent: string, name: string): Promise<readonly number[]> {
  const numbers = (await readdir(parent))
    .filter((each) => each.startsWith(`${name}.`))
    .map((each) => Number(each.slice(name.length + 1)));
  return numbers.filter((number) => Number.isSafeInteger(number) && number > 0).sort((a, b) => a - b);
}

async function isWorn(folder: string): Promise<boolean> {
  const [text, head, refs, packs, loose, damaged] = await Promise.all([
    readFile(path.join(folder, 'config'), 'utf8').catch(() => undefined),
    modifiedAt(path.join(folder, 'HEAD')),
    modifiedAt(path.join(folder, 'refs')),
    readdir(path.join(folder, 'objects', 'pack')).catch(() => undefined),
    readdir(path.join(folder, 'objects', '17')).catch(() => []),
    modifiedAt(path.join(folder, 'damaged')),
  ]);
  if (text !== bareConfig || head === undefined || refs === undefined || packs === undefined) return true;
  if (damaged !== undefined) return true;
  return packs.filter((file) => file.endsWith('.pack')).length >= maxPacks || loose.length >= maxLooseOfOne;
}

async function make(parent: string, place: string): Promise<void> {
  const aside = await mkdtemp(path.join(parent, 'new-'));
  await writeBareRepository(aside);
  try {
    await rename(aside, place);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Another run made it meanwhile, and it is as good.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function modifiedAt(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}
