import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import type { Progress } from '../../../src/embedded/progress.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';
import type { ClusterAddress } from './cluster.ts';
import { findOrBuildKubernetes } from './kubernetes.ts';

/** Whether the environment names a cluster to test on: by `KUBECONFIG` and `SLIPWAY_TEST_REGISTRY`, both. */
export function isClusterGiven(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment['KUBECONFIG'] && environment['SLIPWAY_TEST_REGISTRY']);
}

/** Where the given cluster is, or undefined where none is given; its client is the one on PATH, else it is built. */
export async function findGivenCluster(
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<ClusterAddress | undefined> {
  const { KUBECONFIG: kubeconfig, SLIPWAY_TEST_REGISTRY: registry } = environment;
  if (!kubeconfig || !registry) return undefined;
  const registryInCluster = environment['SLIPWAY_TEST_REGISTRY_IN_CLUSTER'] || registry;
  const built = async () => {
    const options = { cacheFolder: defaultCacheFolder(environment), environment, programs: ['kubectl'] as const };
    return `${await findOrBuildKubernetes(options, progress)}/kubectl`;
  };
  return {
    kubeconfig,
    registry,
    registryInCluster,
    bridgeAddress: environment['SLIPWAY_TEST_HOST'] || registryInCluster.replace(/:\d+$/, ''),
    kubectl: (await findOnPath(['kubectl'], environment)) ?? (await built()),
    machine: undefined,
  };
}
