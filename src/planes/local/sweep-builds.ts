import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { buildFiles, readBuildState, storesFolder } from './build-folder.ts';
import { removeLeftovers, removeTree } from './leftovers.ts';
import { endGroup } from './process-group.ts';

const keepMs = 7 * 24 * 3_600_000;
const startingMs = 60_000;
const graceMs = 5000;

/**
 * Removes what the ended builds of a folder left, and after a week their logs, those of Jobs too, and downloaded packages that were not used. Safe to repeat and beside
 * running builds. For the start of a worker, and now and then.
 */
export async function sweepBuilds(root: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  await sweepStores(path.join(root, storesFolder), environment);
  for (const entry of entries.filter((each) => each.isDirectory() && each.name !== storesFolder)) {
    const folder = path.join(root, entry.name);
    const state = await readBuildState(folder);
    if (state.kind === 'running') continue;
    const ageMs = Date.now() - (await stat(folder)).mtimeMs;
    // Another worker of this machine may be starting it just now.
    if (state.kind === 'new' && ageMs < startingMs) continue;
    if (state.kind === 'lost' && state.group !== undefined) await endGroup(state.group, graceMs);
    if ((state.kind === 'new' && !(await hasLog(folder))) || ageMs > keepMs) await removeTree(folder, environment);
    else await removeLeftovers(folder, environment);
  }
}

/** Removes downloaded packages that no build has used for a week. */
async function sweepStores(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const store = path.join(folder, name);
    if (Date.now() - (await stat(store)).mtimeMs > keepMs) await removeTree(store, environment);
  }
}

/** A log without any other trace is the copy of a Job's. */
const hasLog = (folder: string): Promise<boolean> =>
  access(path.join(folder, buildFiles.log)).then(
    () => true,
    () => false,
  );
