import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { commandOutput } from '../../src/embedded/run-command.ts';

export const buildkitVersion = '0.25.2';

const module = 'github.com/moby/buildkit';

/** Folder with buildkitd and buildctl, built from their Go module unless `cacheFolder` has them; takes some minutes the first time. */
export async function buildkitPrograms(cacheFolder: string, onProgress: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder, 'tools', `buildkit-${buildkitVersion}`);
  if (await exists(folder)) return folder;
  onProgress(`building buildkitd and buildctl ${buildkitVersion}, which takes some minutes the first time`);
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -trimpath' };
    const inDraft = { environment, folder: draft };
    const download = await commandOutput('go', ['mod', 'download', '-json', `${module}@v${buildkitVersion}`], inDraft);
    const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(download));
    // Its own choice of versions, exclusions too, which `go install` would refuse.
    const goMod = await readFile(join(Dir, 'go.mod'), 'utf8');
    const requirement = `\nrequire ${module} v${buildkitVersion}\n`;
    await writeFile(join(draft, 'go.mod'), goMod.replace(`module ${module}`, 'module builder') + requirement);
    await copyFile(join(Dir, 'go.sum'), join(draft, 'go.sum'));
    const flags = `-s -w -X ${module}/version.Version=v${buildkitVersion}`;
    const programs = ['buildkitd', 'buildctl'].map((name) => `${module}/cmd/${name}`);
    await commandOutput('go', ['build', '-ldflags', flags, '-o', `${draft}/bin/`, ...programs], inDraft);
    await rename(join(draft, 'bin'), folder);
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
