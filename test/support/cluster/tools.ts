import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { tellProgress } from '../tell-progress.ts';
import { isClusterGiven } from './given-cluster.ts';
import { findOrBuildKubernetes } from './kubernetes.ts';
import { ensureClusterPackages } from './packages.ts';

// A program of its own (`node test/support/cluster/tools.ts`): installs and builds what a cluster on this machine needs, so that the
// tests find it. Nothing where a cluster is given.

const environment = process.env;
if (!isClusterGiven(environment)) {
  const options = { cacheFolder: defaultCacheFolder(environment), environment };
  const progress = tellProgress();
  await ensureClusterPackages(options, progress);
  await findOrBuildKubernetes(options, progress);
}
