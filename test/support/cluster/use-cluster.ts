import { afterAll, inject } from 'vitest';
import { type Cluster, openCluster } from './cluster.ts';
import { createNamespace, removeNamespace } from './namespaces.ts';
import type {} from './setup.ts';

/** The cluster that the test files of a run share. */
export function useCluster(): Cluster {
  return openCluster(inject('cluster'));
}

/** Makes a namespace of the test file's own, with these labels, in which pods can start; it is removed after the file's tests. */
export async function makeNamespace(cluster: Cluster, labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = await createNamespace(cluster, labels);
  afterAll(() => removeNamespace(cluster, name));
  return name;
}
