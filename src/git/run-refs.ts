import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BareRepository } from './bare-repository.ts';

const prefix = 'refs/slipway/runs';

/** The ref that keeps a run's commit in a mirror; hashed, because names of runs may be longer or odder than those of refs. */
export function runRef(run: string): string {
  return `${prefix}/${createHash('sha256').update(run).digest('hex').slice(0, 32)}`;
}

/**
 * Deletes the chosen refs of runs, but never the newest: refs are what git offers the remote, and without any the next fetch brings
 * everything again. Safe to repeat and to run beside fetches.
 */
export async function deleteRunRefs(
  repository: BareRepository,
  choose: (ref: string, ageMs: number) => boolean,
): Promise<void> {
  const folder = path.join(repository.folder, prefix);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => ({ name, setAt: (await stat(path.join(folder, name)).catch(() => undefined))?.mtimeMs })),
  );
  const now = Date.now();
  const refs = found.flatMap(({ name, setAt }) => (setAt === undefined ? [] : [{ name, setAt }]));
  const isLock = ({ name }: { readonly name: string }): boolean => name.endsWith('.lock');
  const stale = refs.filter((ref) => isLock(ref) && now - ref.setAt > 3600_000);
  await Promise.all(stale.map(({ name }) => rm(path.join(folder, name), { force: true })));

  const own = refs.filter((ref) => !isLock(ref));
  const newest = Math.max(...own.map(({ setAt }) => setAt));
  const doomed = own.filter(({ name, setAt }) => setAt < newest && choose(`${prefix}/${name}`, now - setAt));
  if (doomed.length === 0) return;
  const input = doomed.map(({ name }) => `delete ${prefix}/${name}\n`).join('');
  await repository.read(['update-ref', '--stdin'], { input });
}
