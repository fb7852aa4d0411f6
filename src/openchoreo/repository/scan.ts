import { maximumFile } from '../yaml/limits.ts';
import { readLeniently } from '../yaml/read.ts';
import { type Entry, type Recognised, releaseConfigPath, type ScannedKind, sharedKinds } from './entry.ts';
import { recogniseText, recogniseValue } from './recognise.ts';
import { createRecords } from './records.ts';
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
  const files = createRecords();
  const unplaced = new Map<string, readonly Unplaced[]>();
  let size = 0;

  const recordOf = (path: string): string | undefined =>
    files.find(keyOf('path', path)).find((record) => parse(record).path === path);

  const remove = (path: string) => {
    const record = recordOf(path);
    if (record === undefined) return;
    files.remove(record, keyOf('path', path));
    unplaced.delete(path);
    size -= 1;
  };

  const candidates = (kind: ScannedKind, { component, name }: Partial<Entry>): readonly string[] => {
    if (component) return files.find(keyOf('component', component));
    if (name !== undefined && isNamed(kind)) return files.find(keyOf('name', name));
    return isShared(kind) ? files.find(keyOf('kind', kind)) : files.all();
  };

  return {
    add(path, text, version = '') {
      if (!isManifestPath(path)) return;
      remove(path);
      const { documents, problems } = recognise(text, path);
      const all = path === releaseConfigPath ? [releaseConfig, ...documents] : documents;
      const keys = all.flatMap(({ kind, name, component }) => [
        ...(isNamed(kind) ? [keyOf('name', name)] : []),
        ...(component === '' ? [] : [keyOf('component', component)]),
        ...(isShared(kind) ? [keyOf('kind', kind)] : []),
      ]);
      files.add(
        JSON.stringify({ path, version, documents: all } satisfies FileRecord),
        new Set([keyOf('path', path), ...keys]),
      );
      // Copies: a part of a text that was matched in it keeps all of it in memory.
      if (problems.length > 0) unplaced.set(path, structuredClone(problems.slice(0, maximumUnplaced)));
      size += 1;
    },
    remove,
    select(kind, fields) {
      const wanted = Object.entries({ kind, ...fields });
      const matches = (entry: Entry) => wanted.every(([key, value]) => entry[key as keyof Entry] === value);
      return candidates(kind, fields).flatMap(entriesOf).filter(matches);
    },
    has: (path) => recordOf(path) !== undefined,
    get size() {
      return size;
    },
    get unplaced() {
      const paths = [...unplaced.keys()].sort();
      return paths.flatMap((path) => unplaced.get(path) ?? []).slice(0, maximumUnplaced);
    },
  };
}

/** A file as it is kept. */
interface FileRecord {
  readonly path: string;
  readonly version: string;
  readonly documents: readonly FoundDocument[];
}

type FoundDocument = Recognised & { readonly document: number };

const parse = (record: string): FileRecord => JSON.parse(record);

function entriesOf(record: string): readonly Entry[] {
  const { path, version, documents } = parse(record);
  return documents.map((document) => ({ path, version, ...document }));
}

function keyOf(field: 'path' | 'component' | 'name' | 'kind', text: string): string {
  return `${field} ${text}`;
}

/** Whatever it holds, so that a mistake in it is one. */
const releaseConfig: FoundDocument = {
  document: 0,
  kind: 'ReleaseConfig',
  name: '',
  namespace: '',
  project: '',
  component: '',
};

interface Found {
  readonly documents: readonly FoundDocument[];
  readonly problems: readonly Unplaced[];
}

function recognise(text: string, path: string): Found {
  const foreign = whyForeign(text);
  if (foreign) return { documents: [], problems: [{ file: path, line: null, text: foreign, component: '' }] };
  const recognised = recogniseText(text);
  if (recognised === undefined) return { documents: [], problems: [] };
  if (recognised !== 'unclear') return { documents: [{ document: 0, ...recognised }], problems: [] };
  const { documents, unreadable } = readLeniently(text, path);
  const found = documents.flatMap(({ index, value }) => {
    const one = recogniseValue(value);
    return one ? [{ document: index, ...one }] : [];
  });
  const problems = [
    ...unreadable.map(({ range, ...warning }) => ({ ...warning, component: componentIn(text, range) })),
    ...documents.flatMap(({ range, value }) => whyUnplaced(text, range, path, value) ?? []),
  ];
  return { documents: found, problems };
}

/** Why a file is no YAML that anybody would read, as far as a short look tells. */
function whyForeign(text: string): string | undefined {
  if (text.length > maximumFile) return 'the file is larger than 4 MiB: it is left out, split it';
  // The first characters of what is UTF-16, UTF-32 or binary.
  return /[\0\ud800]/.test(text.slice(0, 4)) ? 'the file is not UTF-8: it is left out, save it as UTF-8' : undefined;
}

function isShared(kind: ScannedKind): boolean {
  return sharedKinds.some((shared) => shared === kind);
}

/** False for kinds that are found by their component alone; there are so many of them that their names are not worth an index. */
function isNamed(kind: ScannedKind): boolean {
  return kind !== 'Workload' && kind !== 'ReleaseBinding';
}
