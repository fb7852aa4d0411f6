import type { CatalogFile } from './file-catalog.ts';
import type { FileIndex, ResourceKey } from './resource-index.ts';

/** What a catalog's files held at one moment. */
export interface Snapshot {
  readonly listing: readonly CatalogFile[];
  readonly byVersion: ReadonlyMap<string, FileIndex>;
  /** File of each resource, by `keyText`. */
  readonly places: ReadonlyMap<string, CatalogFile>;
  /** By `keyText`. */
  readonly components: ReadonlyMap<string, ResourceKey>;
  /** Components by the paths that their source's repository may have. */
  readonly bySourcePath: ReadonlyMap<string, readonly ResourceKey[]>;
  /** Components whose source may be anywhere. */
  readonly anywhere: readonly ResourceKey[];
  readonly unreadable: FileIndex['unreadable'];
}

/** A catalog without files. */
export const emptySnapshot: Snapshot = takeSnapshot([], new Map());

/** The resources of these files, indexed. Of two files with the same resource the last by path counts. */
export function takeSnapshot(listing: readonly CatalogFile[], byVersion: ReadonlyMap<string, FileIndex>): Snapshot {
  const places = new Map<string, CatalogFile>();
  const components = new Map<string, ResourceKey>();
  const bySourcePath = new Map<string, ResourceKey[]>();
  const anywhere: ResourceKey[] = [];
  const unreadable: FileIndex['unreadable'][number][] = [];
  for (const file of listing.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const index = byVersion.get(file.version);
    for (const key of index?.keys ?? []) {
      places.set(keyText(key), file);
      if (key.kind === 'Component') components.set(keyText(key), key);
      if (key.sourcePaths === null) anywhere.push(key);
      for (const path of key.sourcePaths ?? []) {
        const keys = bySourcePath.get(path);
        if (keys === undefined) bySourcePath.set(path, [key]);
        else keys.push(key);
      }
    }
    unreadable.push(...(index?.unreadable ?? []));
  }
  return { listing, byVersion, places, components, bySourcePath, anywhere, unreadable };
}

/** The Components whose source may be at one of these paths, each once; without paths all of them. */
export function componentKeys(snapshot: Snapshot, paths: readonly string[] | undefined): readonly ResourceKey[] {
  if (paths === undefined) return [...snapshot.components.values()];
  const found = [...new Set(paths)].flatMap((path) => snapshot.bySourcePath.get(path) ?? []);
  return [...new Map([...found, ...snapshot.anywhere].map((key) => [keyText(key), key])).values()];
}

/** A resource's key as text. */
export function keyText({ kind, namespace, name }: ResourceKey): string {
  return `${kind}/${namespace}/${name}`;
}
