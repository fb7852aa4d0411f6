import { dirname, join, resolve } from 'node:path';
import { Failure } from '../failures.ts';
import { chooseOne } from '../openchoreo/generate/choose-one.ts';
import { type Dialect, requireWorkload } from '../openchoreo/generate/dialect.ts';
import { warnOfUnset } from '../openchoreo/generate/dropped.ts';
import { removedParts } from '../openchoreo/generate/removed.ts';
import { newWorkload, type WorkloadTarget, withImage } from '../openchoreo/generate/workload.ts';
import { Workload } from '../openchoreo/kinds/workload.ts';
import { scannedKinds } from '../openchoreo/repository/entry.ts';
import { checked, type Manifest } from '../openchoreo/repository/repository.ts';
import type { Warn } from '../openchoreo/warning.ts';
import { editDocument } from '../openchoreo/yaml/edit.ts';
import { writeYaml } from '../openchoreo/yaml/write.ts';
import { type Change, changeOf } from './change.ts';
import { readDescriptorSource } from './descriptor-source.ts';
import type { Tree } from './tree.ts';

/** What a Workload is made from. */
export interface WorkloadRequest extends WorkloadTarget {
  /** Absolute path, or undefined. */
  readonly descriptor: string | undefined;
  /** Path to write to, from the root; empty for where the component's Workload belongs. */
  readonly output: string;
  readonly dialect: Dialect;
}

/** The Workload of a component: without a descriptor the existing one with another image, else a new one. Throws a `Failure`. */
export function createWorkload(
  tree: Tree,
  request: WorkloadRequest,
  warn: Warn,
): { readonly change: Change; readonly manifest: string } {
  const { repository, root } = tree;
  const { project, component, descriptor, output, dialect } = request;
  const entry = chooseOne(repository, 'Workload', { project, component }, warn);
  const existing = entry && repository.read(entry);
  const value =
    existing && descriptor === undefined
      ? changedImage(existing, request.image, dialect, warn)
      : newWorkload(
          request,
          descriptor === undefined ? null : readDescriptorSource(descriptor, dialect, warn),
          dialect,
        );
  const manifest = writeYaml(value);
  if (existing) {
    for (const part of removedParts(existing.value, value))
      warn({ ...repository.where(existing.entry), text: `${part} is not kept` });
  }
  if (output === '' && entry && existing) {
    const { text, lost } = editDocument(existing.text, entry.document, value);
    if (lost !== undefined) warn({ ...repository.where(entry), text: lost });
    return { change: changeOf(join(root, entry.path), text), manifest };
  }
  const path = output === '' ? newPlace(tree, request, warn) : output;
  if (output === '') requireNoOther(tree, path);
  const change = changeOf(resolve(root, path), manifest);
  if (output === '' && change.before !== null)
    warn({ file: change.path, line: null, text: 'its former content is replaced' });
  return { change, manifest };
}

function changedImage(existing: Manifest, image: string, dialect: Dialect, warn: Warn) {
  const { entry, place } = existing;
  const workload = checked(Workload, existing);
  requireWorkload(workload, `${place}: Workload ${entry.name}`, dialect);
  if (dialect === 'v0.15' && !workload.spec.containers?.['main']) {
    throw new Failure(
      'ManifestInvalid',
      `${place}: Workload ${entry.name}: spec.containers has no container "main" to take the image; add it`,
    );
  }
  warnOfUnset(existing, dialect, warn);
  return withImage(workload, image, dialect);
}

/** Throws where a resource of OpenChoreo would be lost. */
function requireNoOther({ repository }: Tree, path: string): void {
  const [other] = scannedKinds.flatMap((kind) => repository.find(kind, { path }));
  if (!other) return;
  throw new Failure(
    'ReleaseConflict',
    `${path}: the Workload belongs here, but the file holds ${other.kind} ${other.name}; name another file with --output`,
  );
}

function newPlace({ repository }: Tree, { namespace, project, component }: WorkloadRequest, warn: Warn): string {
  const owner = chooseOne(repository, 'Component', { namespace, name: component }, warn);
  const folder = owner ? dirname(owner.path) : join('projects', project, 'components', component);
  return join(folder, 'workload.yaml');
}
