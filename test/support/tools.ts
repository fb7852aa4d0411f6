import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import type { Progress } from '../../src/embedded/progress.ts';
import { findOrInstallPackages, readOsRelease } from '../../src/embedded/tools/packages.ts';
import { findOrInstallTemporal } from '../../src/embedded/tools/temporal.ts';
import { findOrInstallGitea } from './gitea-program.ts';

// Set-up of the suites that need real servers, and a program of its own (`node test/support/tools.ts`): finds, installs or
// builds what they need. No limit of a hook or test applies to a set-up file, and building Temporal or Gitea takes minutes. Only what
// takes long is told, so that nothing is printed where everything is there.

const environment = process.env;
const cacheFolder = defaultCacheFolder(environment);
const from = environment['SLIPWAY_TEMPORAL_FROM'] === 'pypi' ? 'pypi' : undefined;

const told = new Set<string>();
const progress: Progress = ({ task, state, text }) => {
  if (state === 'done' && !told.has(task)) return;
  told.add(task);
  process.stderr.write(`${task}: ${text}\n`);
};

await Promise.all([
  findOrInstallTemporal({ cacheFolder, environment, from }, progress),
  findOrInstallPackages(
    { cacheFolder, environment, osRelease: await readOsRelease(), isRoot: process.getuid?.() === 0 },
    progress,
  ),
  // Only its own tests need it, and they say why it is not there.
  findOrInstallGitea({ cacheFolder, environment }, progress).catch((error: unknown) =>
    progress({ task: 'Gitea', state: 'failed', text: String(error) }),
  ),
]);
