import { readLeniently } from '../yaml/read.ts';
import { type Entry, type Recognised, releaseConfigPath, type ScannedKind, sharedKinds } from './entry.ts';
import { createEntryIndex } from './entry-index.ts';
import { recogniseText, recogniseValue } from './recognise.ts';
import { componentIn, type Unplaced, whyUnplaced } from './unplaced.ts';

const ignored = /(?:^|\/)(?:\.[^/]*|node_modules|vendor|target|build|dist)\//;
const maximumUnplaced = 1000;

/**
 * The first pass over a GitOps tree: what every file holds, found without parsing where possible. Keeps no texts. Follows the tree from
 * commit to commit: what it says depends on the files that are there, never on how they came.
 */
export interface RepositoryScan {
  /** Takes in a file instead of what its path held; a path that does not count is left out. */
  add(path: string, text: string, version?: string): void;
  /** Forgets a file; nothing happens where there is none. */
  remove(path: string): void;
  /** The entries of a kind with these fields, in no order. */
  select(kind: ScannedKind, fields: Partial<Entry>): readonly Entry[];
  /** True for the path of a YAML file, whatever it holds. */
  has(path: string): boolean;
  /** How many files there are. */
  readonly size: number;
  /** Documents that cannot be read, or whose kind, name or owner is unclear, by path; at most a thousand. */
  readonly unplaced: readonly Unplaced[];
}

/** True for YAML files outside of hidden folders and those of build tools; the path is relative to the repository. */
export function isManifestPath(path: string): boolean {
  return /\.ya?ml$/i.test(path) && !ignored.test(path);
}

/** Begins a scan. */
export function createScan(): RepositoryScan {
  const files = new Map<string, readonly Entry[]>();
  const unplaced = new Map<string, readonly Unplaced[]>();
  const byComponent = createEntryIndex();
  const byName = createEntryIndex();
  const byKind = createEntryIndex();
  const keep = createKeeper();

  const indexesOf = (entry: Entry) => [
    [byName, entry.name] as const,
    ...(entry.component === '' ? [] : [[byComponent, entry.component] as const]),
    ...(isShared(entry.kind) ? [[byKind, entry.kind] as const] : []),
  ];

  const candidates = (kind: ScannedKind, { component, name }: Partial<Entry>): readonly Entry[] => {
    if (component) return byComponent.get(component);
    if (name !== undefined) return byName.get(name);
    return isShared(kind) ? byKind.get(kind) : [...files.values()].flat();
  };

  const remove = (path: string) => {
    for (const entry of files.get(path) ?? []) {
      for (const [index, key] of indexesOf(entry)) index.remove(key, entry);
    }
    files.delete(path);
    unplaced.delete(path);
  };

  return {
    add(path, text, version = '') {
      if (!isManifestPath(path)) return;
      remove(path);
      const { documents, problems } = recognise(text, path);
      const all = path === releaseConfigPath ? [releaseConfig, ...documents] : documents;
      const entries = all.map(
        ({ document, recognised: { kind, name, namespace, project, component } }): Entry => ({
          path,
          version,
          document,
          kind,
          name: keep.once(name),
          namespace: keep.often(namespace),
          project: keep.often(project),
          component: keep.often(component),
        }),
      );
      files.set(path, entries.length === 0 ? nothing : entries);
      if (problems.length > 0) unplaced.set(path, problems.slice(0, maximumUnplaced));
      for (const entry of entries) {
        for (const [index, key] of indexesOf(entry)) index.add(key, entry);
      }
    },
    remove,
    select: (kind, fields) => {
      const wanted = Object.entries({ kind, ...fields });
      const matches = (entry: Entry) => wanted.every(([key, value]) => entry[key as keyof Entry] === value);
      return candidates(kind, fields).filter(matches);
    },
    has: (path) => files.has(path),
    get size() {
      return files.size;
    },
    get unplaced() {
      const paths = [...unplaced.keys()].sort();
      return paths.flatMap((path) => unplaced.get(path) ?? []).slice(0, maximumUnplaced);
    },
  };
}

const nothing: readonly Entry[] = [];

/** Whatever it holds, so that a mistake in it is one. */
const releaseConfig = {
  document: 0,
  recognised: { kind: 'ReleaseConfig', name: '', namespace: '', project: '', component: '' },
} as const;

interface Found {
  readonly documents: readonly { readonly document: number; readonly recognised: Recognised }[];
  readonly problems: readonly Unplaced[];
}

function recognise(text: string, path: string): Found {
  const recognised = recogniseText(text);
  if (recognised === undefined) return { documents: [], problems: [] };
  if (recognised !== 'unclear') return { documents: [{ document: 0, recognised }], problems: [] };
  const { documents, unreadable } = readLeniently(text, path);
  const found = documents.flatMap(({ index, value }) => {
    const one = recogniseValue(value);
    return one ? [{ document: index, recognised: one }] : [];
  });
  const problems = [
    ...unreadable.map(({ range, ...warning }) => ({ ...warning, component: componentIn(text, range) })),
    ...documents.flatMap(({ range, value }) => whyUnplaced(text, range, path, value) ?? []),
  ];
  return { documents: found, problems };
}

function isShared(kind: ScannedKind): boolean {
  return sharedKinds.some((shared) => shared === kind);
}

/** A matched part of a text keeps the whole text in memory; a copy does not. Texts that come often are kept once. */
function createKeeper() {
  const known = new Map<string, string>();
  const once = (text: string): string => Buffer.from(text).toString();
  return {
    once,
    often(text: string): string {
      const kept = known.get(text);
      if (kept !== undefined) return kept;
      const copy = once(text);
      known.set(copy, copy);
      return copy;
    },
  };
}
