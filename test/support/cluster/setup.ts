import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { tellProgress } from '../tell-progress.ts';
import { publishBuilder } from './builder.ts';
import { type ClusterAddress, openCluster } from './cluster.ts';
import { findGivenCluster } from './given-cluster.ts';
import { busyboxImage } from './images.ts';
import { startCluster } from './start-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ClusterAddress;
    /** Reference of the builder image, for pods. */
    builderImage: string;
  }
}

/** Finds the given cluster, or makes one for all test files of this run and removes it at its end; puts the builder image there. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = tellProgress();
  const given = await findGivenCluster(process.env, progress);
  if (given !== undefined) {
    await openCluster(given).publishImage(await busyboxImage(['sh']), 'busybox:1');
    project.provide('cluster', given);
    project.provide('builderImage', await publishBuilder(openCluster(given), progress));
    return async () => undefined;
  }
  const { address, stop } = await startCluster(process.env, progress);
  process.once('exit', removeLater);
  project.provide('cluster', address);
  project.provide('builderImage', await publishBuilder(openCluster(address), progress));
  return async () => {
    await stop();
    process.off('exit', removeLater);
  };
}

/** Ctrl-C ends vitest without its teardown, and this process has no time left. */
function removeLater(): void {
  const program = fileURLToPath(new URL('remove.ts', import.meta.url));
  spawn(process.execPath, [program], { detached: true, stdio: 'ignore' }).unref();
}
