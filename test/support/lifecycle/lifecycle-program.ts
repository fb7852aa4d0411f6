import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../../../src/embedded/lock.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { isExecutable } from '../../../src/embedded/tools/tool.ts';

const sources = fileURLToPath(new URL('program', import.meta.url));

/** The stand-in lifecycle as a static program, built by Go unless the cache folder has it. */
export async function lifecycleProgram(cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, 'tools', `stand-in-lifecycle-${await hashOf(sources)}`);
  const program = join(folder, 'lifecycle');
  await mkdir(join(cacheFolder, 'tools'), { recursive: true });
  return withLock(
    `${folder}.lock`,
    () => {},
    async () => {
      if (await isExecutable(program)) return program;
      const draft = await mkdtemp(`${folder}.`);
      try {
        const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' };
        const build = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w'];
        await commandOutput('go', [...build, '-o', join(draft, 'lifecycle'), '.'], { environment, folder: sources });
        await rename(draft, folder);
        return program;
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).toSorted())
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
