import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { withLock } from '../../src/embedded/lock.ts';
import { type CommandResult, commandOutput, runCommand } from '../../src/embedded/run-command.ts';
import { findOnPath, isExecutable } from '../../src/embedded/tools/tool.ts';

const { env: environment } = process;

/** Runs Prometheus' own checker: that of PATH, else out of Debian's package, of which nothing is installed. */
export async function promtool(args: readonly string[], input = ''): Promise<CommandResult> {
  return runCommand(await findPromtool(), args, { environment, input });
}

async function findPromtool(): Promise<string> {
  const found = await findOnPath(['promtool'], environment);
  if (found !== undefined) return found;
  const home = join(defaultCacheFolder(environment), 'tools', 'promtool');
  const path = join(home, 'promtool');
  return withLock(
    `${home}.lock`,
    () => {},
    async () => {
      if (!(await isExecutable(path))) await unpack(home, path);
      return path;
    },
  );
}

async function unpack(home: string, path: string): Promise<void> {
  const folder = `${home}.new`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const download = () => commandOutput('apt-get', ['download', '--quiet', 'prometheus'], { environment, folder });
  await download().catch(async () => {
    await commandOutput('apt-get', ['update', '--quiet'], { environment });
    await download();
  });
  const [archive = ''] = await readdir(folder);
  await commandOutput('dpkg-deb', ['--extract', archive, 'content'], { environment, folder });
  await mkdir(home, { recursive: true });
  await rename(join(folder, 'content/usr/bin/promtool'), path);
  await chmod(path, 0o755);
  await rm(folder, { recursive: true, force: true });
}
