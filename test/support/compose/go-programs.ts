import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { withLock } from '../../../src/embedded/lock.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { isExecutable } from '../../../src/embedded/tools/tool.ts';

/** Programs of a Go module at a version, by the name of the last folder of their package. */
export interface GoPrograms {
  readonly module: string;
  readonly version: string;
  readonly packages: readonly string[];
}

/** Temporal's server and the tool that makes its schema, of the version in docker-compose.yml. */
export const temporalServer: GoPrograms = {
  module: 'go.temporal.io/server',
  version: 'v1.32.1',
  packages: ['cmd/server', 'cmd/tools/sql'],
};

/** The reference implementation of the Compose Specification. */
export const composeSpecification: GoPrograms = {
  module: 'github.com/compose-spec/compose-go/v2',
  version: 'v2.16.2',
  packages: ['cmd'],
};

/** The folder with these programs: in the cache, else built there with Go, once for all processes. */
export async function findOrBuild({ module, version, packages }: GoPrograms): Promise<string> {
  const environment = process.env;
  const home = join(defaultCacheFolder(environment), 'tools', `${module.replaceAll('/', '_')}@${version}`);
  const isBuilt = () => isExecutable(join(home, basename(packages[0] ?? '')));
  if (await isBuilt()) return home;
  await withLock(
    `${home}.lock`,
    ({ pid }) => process.stderr.write(`waiting for process ${pid}, which builds ${module} right now\n`),
    async () => {
      if (await isBuilt()) return;
      process.stderr.write(`building ${module} ${version}, which may take minutes the first time\n`);
      await mkdir(join(home, '..'), { recursive: true });
      const draft = await mkdtemp(`${home}.`);
      try {
        const names = packages.map((name) => `${module}/${name}@${version}`);
        const build = { ...environment, GOBIN: draft, GOFLAGS: '' };
        await commandOutput('go', ['install', '-ldflags', '-s -w', ...names], { environment: build, folder: draft });
        await rename(draft, home);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
  return home;
}

/** Where Go keeps the module's files. */
export async function moduleFolder({ module, version }: GoPrograms): Promise<string> {
  const said = await commandOutput('go', ['mod', 'download', '-json', `${module}@${version}`], {
    environment: process.env,
  });
  return z.object({ Dir: z.string() }).parse(JSON.parse(said)).Dir;
}
