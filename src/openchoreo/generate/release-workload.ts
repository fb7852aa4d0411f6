import { posix } from 'node:path';
import { Failure } from '../../failures.ts';
import { Workload } from '../kinds/workload.ts';
import type { Entry } from '../repository/entry.ts';
import { checked, type Manifest, parseManifest, type Repository } from '../repository/repository.ts';
import type { Warn } from '../warning.ts';
import { editDocument, setText } from '../yaml/edit.ts';
import { writeYaml } from '../yaml/write.ts';
import { chooseOne } from './choose-one.ts';
import { readDescriptor } from './descriptor.ts';
import { warnOfDescriptor } from './descriptor-warnings.ts';
import { type Dialect, requireWorkload } from './dialect.ts';
import { warnOfUnset } from './dropped.ts';
import type { ComponentParts } from './find-parts.ts';
import { sameImage } from './image.ts';
import type { ReleaseRequest } from './release.ts';
import { removedParts } from './removed.ts';
import { newWorkload } from './workload.ts';

/** The Workload of a release. `text` is its file's new text, or null where nothing changes. */
export interface ReleaseWorkload {
  readonly path: string;
  readonly value: Workload;
  /** Its document as it will be. */
  readonly manifest: Manifest;
  readonly text: string | null;
  readonly imageBefore: string | null;
  readonly removed: readonly string[];
}

/**
 * The component's Workload with the image: made from the descriptor where there is one, otherwise the existing one with only its image changed,
 * so that comments, labels and unknown fields stay. Throws `ManifestInvalid`, `DescriptorInvalid`, `ReleaseConflict`.
 */
export function releaseWorkload(
  repository: Repository,
  request: ReleaseRequest,
  { entry: component, dialect }: ComponentParts,
  warn: Warn,
): ReleaseWorkload {
  const { project, descriptor } = request;
  const entry = chooseOne(repository, 'Workload', { project, component: request.component }, warn);
  if (!entry) return created(repository, request, component, dialect, warn);
  const manifest = repository.read(entry);
  const workload = checked(Workload, manifest);
  requireWorkload(workload, `${manifest.place}: Workload ${entry.name}`, dialect);
  const imageBefore = imageOf(workload, dialect) ?? null;
  const image = imageBefore !== null && sameImage(imageBefore, request.image) ? imageBefore : request.image;
  const unchanged = { path: entry.path, value: workload, manifest, text: null, imageBefore, removed: [] };
  if (descriptor) {
    const value = fromDescriptor({ ...request, image }, dialect, warn);
    const { text, lost } = editDocument(manifest.text, entry.document, value);
    if (text === manifest.text) return unchanged;
    if (lost !== undefined) warn({ ...repository.where(entry), text: lost });
    return {
      path: entry.path,
      ...reread(text, entry),
      text,
      imageBefore,
      removed: removedParts(manifest.value, value),
    };
  }
  warnOfUnset(manifest, dialect, warn);
  if (image === imageBefore) return unchanged;
  const { text, lost } = setText(manifest.text, entry.document, imagePath(dialect), image);
  if (lost !== undefined) warn({ ...repository.where(entry), text: lost });
  return { path: entry.path, ...reread(text, entry), text, imageBefore, removed: [] };
}

/** The image of a Workload's container, in v0.15 of the main one. */
export function imageOf({ spec }: Workload, dialect: Dialect): string | undefined {
  const container = dialect === 'v0.15' ? spec.containers?.['main'] : spec.container;
  return container?.image ?? undefined;
}

/** Where a Workload has that image. */
export function imagePath(dialect: Dialect): readonly string[] {
  return ['spec', ...(dialect === 'v0.15' ? ['containers', 'main'] : ['container']), 'image'];
}

function created(
  repository: Repository,
  request: ReleaseRequest,
  component: Entry,
  dialect: Dialect,
  warn: Warn,
): ReleaseWorkload {
  const path = posix.join(posix.dirname(component.path), 'workload.yaml');
  if (repository.exists(path)) {
    throw new Failure(
      'ReleaseConflict',
      `${path}: the Workload of ${request.component} belongs here, but the file holds something else; move that, or add a Workload with this owner`,
    );
  }
  const value = fromDescriptor(request, dialect, warn);
  const text = writeYaml(value);
  return {
    path,
    ...reread(text, { ...component, kind: 'Workload', name: value.metadata.name, path, document: 0 }),
    text,
    imageBefore: null,
    removed: [],
  };
}

function fromDescriptor(request: ReleaseRequest, dialect: Dialect, warn: Warn) {
  if (!request.descriptor) return newWorkload(request, null, dialect);
  const { path, text, files } = request.descriptor;
  const descriptor = readDescriptor(text, path);
  warnOfDescriptor(text, path, descriptor, dialect, warn);
  return newWorkload(request, { path, descriptor, files }, dialect);
}

function reread(text: string, entry: Entry): { readonly value: Workload; readonly manifest: Manifest } {
  const manifest = parseManifest(entry, text);
  return { value: checked(Workload, manifest), manifest };
}
