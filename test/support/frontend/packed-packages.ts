import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOutput } from '../../../src/embedded/run-command.ts';

/** Files of `npm pack` for each `name@version`, from the npm registry of the machine where the cache folder has none. */
export async function packPackages(
  cacheFolder: string,
  specs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const folder = join(cacheFolder, 'tools', 'npm-packages');
  await mkdir(folder, { recursive: true });
  const kept = new Set(await readdir(folder));
  const packed = new Map<string, string>();
  for (const spec of specs) {
    const name = `${spec.replace(/^@/, '').replace(/[/@]/g, '-')}.tgz`;
    if (!kept.has(name)) await pack(spec, folder, name);
    packed.set(spec, join(folder, name));
  }
  return packed;
}

async function pack(spec: string, folder: string, name: string): Promise<void> {
  const draft = await mkdtemp(join(folder, '.draft-'));
  try {
    const options = ['pack', '--silent', '--ignore-scripts', `--pack-destination=${draft}`, spec];
    await commandOutput('npm', options, { environment: process.env, folder: draft });
    const [file] = await readdir(draft);
    if (file === undefined) throw new Error(`npm pack left nothing for ${spec}`);
    await rename(join(draft, file), join(folder, name));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
