import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readBuildState } from './build-folder.ts';
import { removeLeftovers, removeTree } from './leftovers.ts';
import { endGroup } from './process-group.ts';

const keepMs = 7 * 24 * 3_600_000;
const startingMs = 60_000;
const graceMs = 5000;

/** Goes through all builds of the folder: see `LocalPlane.sweep`. */
export async function sweepBuilds(root: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const folder = path.join(root, entry.name);
    const state = await readBuildState(folder);
    if (state.kind === 'running') continue;
    const ageMs = Date.now() - (await stat(folder)).mtimeMs;
    // Another worker of this machine may be starting it just now.
    if (state.kind === 'new' && ageMs < startingMs) continue;
    if (state.kind === 'lost' && state.group !== undefined) await endGroup(state.group, graceMs);
    if (state.kind === 'new' || ageMs > keepMs) await removeTree(folder, environment);
    else await removeLeftovers(folder, environment);
  }
}
