import { afterAll, inject } from 'vitest';
import type { Cluster } from './cluster/cluster.ts';
import { makeBuildNamespace } from './cluster-builds.ts';
import { type ClusterWorld, startClusterWorld } from './start-cluster-world.ts';

/** Starts the world with builds on the cluster, until the end of the test file. */
export async function prepareWorld(
  cluster: Cluster,
  tokens: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): Promise<ClusterWorld> {
  const namespace = await makeBuildNamespace(cluster, labels);
  const world = await startClusterWorld({ cluster, namespace, builderImage: inject('builderImage'), tokens });
  afterAll(() => world.stop());
  return world;
}
