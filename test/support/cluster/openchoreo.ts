import { readdir, readFile } from 'node:fs/promises';
import { definition } from '../../../deploy/crds/definitions.ts';
import type { Cluster } from './cluster.ts';

/** Kinds that OpenChoreo brings, as far as we read them. */
const foreign = [
  ['Component', 'components'],
  ['ComponentType', 'componenttypes'],
  ['ComponentWorkflow', 'componentworkflows'],
  ['Project', 'projects'],
] as const;

/** Installs OpenChoreo's kinds and ours, and waits until they can be used. Safe to repeat. */
export async function installKinds({ kubectl }: Cluster): Promise<void> {
  const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  for (const [kind, plural] of foreign) {
    const made = definition({ kind, plural, about: `${kind} of OpenChoreo.`, spec: free, status: free });
    await kubectl(['apply', '--filename', '-'], made);
  }
  await kubectl(['apply', '--kustomize', 'deploy/crds']);
  const ours = (await readdir('deploy/crds'))
    .filter((name) => name.endsWith('.openchoreo.dev.yaml'))
    .map((name) => name.slice(0, -5));
  const names = [...foreign.map(([, plural]) => `${plural}.openchoreo.dev`), ...ours];
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names.map((name) => `crd/${name}`)]);
}

/** Gives our accounts in `slipway-system` the rights of a file of `deploy/rbac`, with `slipway-system` replaced where rights are in another namespace. */
export async function allow({ kubectl }: Cluster, file: string, namespace = 'slipway-system'): Promise<void> {
  const text = await readFile(`deploy/rbac/${file}.yaml`, 'utf8');
  const moved = text.replaceAll(/^ {2}namespace: slipway-system$/gm, `  namespace: ${namespace}`);
  await kubectl(['apply', '--filename', '-'], moved);
}
