import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

/** Makes a namespace with a name that nobody has, with these labels, in which pods can start. */
export async function createNamespace(
  { kubectl }: Cluster,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `slipway-test-${randomBytes(4).toString('hex')}`;
  await kubectl(['create', '--filename', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  // Made by a controller, and pods are refused without it.
  for (let attempt = 0; ; attempt += 1) {
    const account = await kubectl(['get', 'serviceaccount', 'default', '--namespace', name, '--ignore-not-found']);
    if (account !== '') return name;
    if (attempt > 100) throw new Error(`namespace ${name} gets no service account`);
    await sleep(100);
  }
}

/** Asks for a namespace's end and does not wait for it. Safe to repeat. */
export async function removeNamespace({ kubectl }: Cluster, name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
}

/** Puts into a namespace what `deploy/rbac` has for builds, with the worker's rights there. */
export async function allowBuilds(cluster: Cluster, namespace: string): Promise<void> {
  for (const file of ['worker', 'builds']) {
    const text = await readFile(`deploy/rbac/${file}.yaml`, 'utf8');
    await cluster.kubectl(['apply', '--filename', '-'], text.replaceAll('slipway-builds', namespace));
  }
}

/** Writes a kubeconfig with the rights of one of our accounts into the folder, and returns its path; the accounts must be there. */
export async function writeRoleKubeconfig(
  cluster: Cluster,
  folder: string,
  role: 'worker' | 'controller',
): Promise<string> {
  const file = path.join(folder, `kubeconfig-${role}`);
  await cluster.writeServiceAccountKubeconfig({ namespace: 'slipway-system', name: `slipway-${role}` }, file);
  return file;
}
