import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withLock } from '../../src/embedded/lock.ts';
import type { Progress } from '../../src/embedded/progress.ts';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { download, downloadProblem } from '../../src/embedded/tools/download.ts';
import { findOnPath, isExecutable } from '../../src/embedded/tools/tool.ts';

/** The version that the tests are written against. */
export const giteaVersion = '1.26.0';

export interface GiteaProgram {
  readonly path: string;
  /** Templates and the like of a build without them; undefined where the program holds them. */
  readonly staticFolder: string | undefined;
}

interface GiteaOptions {
  readonly cacheFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly fetch?: typeof fetch;
}

const task = 'Gitea';
const module = 'code.gitea.io/gitea';
const staticFolders = ['templates', 'options', 'public'];

/** Finds Gitea in the cache, else downloads the official program, else builds it with Go and a C compiler. Throws with every way that was tried. */
export async function findOrInstallGitea(options: GiteaOptions, progress: Progress): Promise<GiteaProgram> {
  const home = join(options.cacheFolder, 'tools', `gitea-${giteaVersion}`);
  const say = (text: string) => progress({ task, state: 'working', text });
  return (
    (await findIn(home)) ??
    withLock(
      `${home}.lock`,
      ({ pid }) => say(`waiting for process ${pid}, which installs it right now`),
      async () => (await findIn(home)) ?? install(home, options, say),
    )
  );
}

async function findIn(home: string): Promise<GiteaProgram | undefined> {
  const path = join(home, 'gitea');
  if (!(await isExecutable(path))) return undefined;
  const staticFolder = join(home, 'static');
  return { path, staticFolder: (await isExecutable(join(home, 'built'))) ? staticFolder : undefined };
}

async function install(home: string, options: GiteaOptions, say: (text: string) => void): Promise<GiteaProgram> {
  const refusals: string[] = [];
  for (const source of [downloadGitea, buildGitea]) {
    const folder = `${home}.${randomUUID()}`;
    try {
      await mkdir(folder, { recursive: true });
      await source(folder, options, say);
      await commandOutput(join(folder, 'gitea'), ['--version'], options);
      await rm(home, { recursive: true, force: true });
      await rename(folder, home);
      const found = await findIn(home);
      if (found !== undefined) return found;
    } catch (error) {
      refusals.push(downloadProblem(error));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new Error(`Gitea ${giteaVersion} could not be installed: ${refusals.join('; ')}`);
}

type GiteaSource = (folder: string, options: GiteaOptions, say: (text: string) => void) => Promise<void>;

const downloadGitea: GiteaSource = async (folder, options, say) => {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const file = `gitea-${giteaVersion}-${process.platform}-${architecture}`;
  const program = join(folder, 'gitea');
  say('asking dl.gitea.com');
  await download(`https://dl.gitea.com/gitea/${giteaVersion}/${file}`, program, options.fetch ?? fetch, () =>
    say('downloading from dl.gitea.com'),
  );
  await chmod(program, 0o755);
};

/** `go install` refuses a module that replaces others; `go build` inside the module, as Go keeps it, does not. */
const buildGitea: GiteaSource = async (folder, { environment }, say) => {
  const [go, compiler] = [await findOnPath(['go'], environment), await findOnPath(['gcc', 'cc'], environment)];
  if (go === undefined || compiler === undefined) throw new Error('Go and a C compiler are needed to build it');
  const fetched = await commandOutput(go, ['mod', 'download', '-json', `${module}@v${giteaVersion}`], {
    environment,
    folder,
  });
  const { Dir: sources } = z.object({ Dir: z.string() }).parse(JSON.parse(fetched));
  say(`building version ${giteaVersion} with ${go}, which takes some minutes the first time`);
  const build = ['build', '-C', sources, '-buildvcs=false', '-tags', 'sqlite sqlite_unlock_notify'];
  const output = ['-ldflags', `-s -w -X main.Version=${giteaVersion}`, '-o', join(folder, 'gitea'), '.'];
  await commandOutput(go, [...build, ...output], { environment: { ...environment, CGO_ENABLED: '1', GOFLAGS: '' } });
  const target = join(folder, 'static');
  for (const name of staticFolders) await cp(join(sources, name), join(target, name), { recursive: true });
  await commandOutput('chmod', ['-R', 'u+w', target], { environment });
  // The module has no built front end; without its table of contents no page is shown at all.
  await mkdir(join(target, 'public/assets/.vite'), { recursive: true });
  await writeFile(join(target, 'public/assets/.vite/manifest.json'), '{}');
  await writeFile(join(folder, 'built'), '', { mode: 0o755 });
};
