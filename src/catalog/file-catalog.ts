import { Failure } from '../failures.ts';
import { parseYaml, readLeniently } from '../openchoreo/yaml/read.ts';
import type { Catalog, CatalogKind } from './catalog.ts';
import { type FileIndex, indexFile, type ResourceKey, resourceKey } from './resource-index.ts';

/** One file of a catalog. Files of the same version hold the same text. */
export interface CatalogFile {
  readonly path: string;
  readonly version: string;
}

/** Where a catalog's files come from. */
export interface CatalogFiles {
  /** All YAML files as they are now; the very same list again where nothing can have changed. */
  list(): Promise<readonly CatalogFile[]>;
  /** Texts of these files; one that is gone is left out. */
  read(files: readonly CatalogFile[]): AsyncIterable<{ readonly file: CatalogFile; readonly text: string }>;
}

/**
 * A catalog of YAML files. Only files with a new version are read for the index, and only what is asked for is parsed. Of
 * two files with the same resource the last by path counts, and in a file the last document.
 */
export function createFileCatalog(description: string, files: CatalogFiles): Catalog {
  let current: Promise<Snapshot> = Promise.resolve(empty);

  async function refreshed(last: Snapshot): Promise<Snapshot> {
    const listing = await files.list();
    return listing === last.listing ? last : await takeSnapshot(files, listing, last);
  }

  /** One refresh after the other, so that no version is read twice; a failed one leaves the last snapshot. */
  function snapshot(): Promise<Snapshot> {
    const last = current.catch(() => empty);
    const next = last.then(refreshed);
    current = next.catch(() => last);
    return next;
  }

  /** A file is named by its path; whose path it is, only the catalog knows. */
  const locate = (error: unknown): never => {
    if (!(error instanceof Failure) || error.type !== 'ManifestInvalid') throw error;
    throw new Failure(error.type, `${error.message} (${description})`, { cause: error });
  };

  return {
    description,
    async find(kind, namespace, name) {
      const { places, unreadable } = await snapshot();
      const place = places.get(keyText({ kind, namespace, name }));
      if (place !== undefined) return await readResource(files, place, { kind, namespace, name }).catch(locate);
      const suspect = unreadable.find(({ text }) => text.includes(name) && text.includes(kind));
      if (suspect !== undefined) return locate(suspect.error);
      return undefined;
    },
    async names(kind: CatalogKind, namespace: string) {
      const prefix = keyText({ kind, namespace, name: '' });
      const { places } = await snapshot();
      return [...places.keys()].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])).sort();
    },
  };
}

interface Snapshot {
  readonly listing: readonly CatalogFile[];
  readonly byVersion: ReadonlyMap<string, FileIndex>;
  readonly places: ReadonlyMap<string, CatalogFile>;
  readonly unreadable: FileIndex['unreadable'];
}

const empty: Snapshot = { listing: [], byVersion: new Map(), places: new Map(), unreadable: [] };

const keyText = ({ kind, namespace, name }: ResourceKey): string => `${kind}/${namespace}/${name}`;

async function takeSnapshot(files: CatalogFiles, listing: readonly CatalogFile[], last: Snapshot): Promise<Snapshot> {
  const byVersion = new Map<string, FileIndex>();
  const unread = listing.filter(({ version }) => {
    const known = last.byVersion.get(version);
    if (known !== undefined) byVersion.set(version, known);
    return known === undefined;
  });
  for await (const { file, text } of files.read(unread)) byVersion.set(file.version, indexFile(text, file.path));

  const places = new Map<string, CatalogFile>();
  const unreadable: FileIndex['unreadable'][number][] = [];
  for (const file of listing.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const index = byVersion.get(file.version);
    for (const key of index?.keys ?? []) places.set(keyText(key), file);
    unreadable.push(...(index?.unreadable ?? []));
  }
  return { listing, byVersion, places, unreadable };
}

async function readResource(files: CatalogFiles, file: CatalogFile, wanted: ResourceKey): Promise<unknown> {
  for await (const { text } of files.read([file])) {
    const { documents, unreadable } = readLeniently(text, file.path);
    const found = documents.findLast(({ value }) => {
      const key = resourceKey(value);
      return key !== undefined && keyText(key) === keyText(wanted);
    });
    if (found !== undefined) return found.value;
    if (unreadable.length > 0) parseYaml(text, file.path);
  }
  return undefined;
}
