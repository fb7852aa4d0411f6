import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, inject } from 'vitest';
import { type Cluster, openCluster } from './cluster.ts';
import type {} from './setup.ts';

/** The cluster that the test files of a run share. */
export function useCluster(): Cluster {
  return openCluster(inject('cluster'));
}

/** Makes a namespace of the test file's own, with these labels, in which pods can start; it is removed after the file's tests. */
export async function makeNamespace(
  { kubectl }: Cluster,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `slipway-test-${randomBytes(4).toString('hex')}`;
  await kubectl(['create', '--filename', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  afterAll(() => kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']));
  // Made by a controller, and pods are refused without it.
  for (let attempt = 0; ; attempt += 1) {
    const account = await kubectl(['get', 'serviceaccount', 'default', '--namespace', name, '--ignore-not-found']);
    if (account !== '') return name;
    if (attempt > 100) throw new Error(`namespace ${name} gets no service account`);
    await sleep(100);
  }
}
