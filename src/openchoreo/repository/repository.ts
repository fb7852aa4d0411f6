import type { z } from 'zod';
import { Failure } from '../../failures.ts';
import { describeIssues } from '../kinds/issues.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { readExactly } from '../yaml/read.ts';
import type { Entry, ScannedKind } from './entry.ts';
import type { RepositoryScan } from './scan.ts';

/** A document with its value, and the text of its file. */
export interface Manifest {
  readonly entry: Entry;
  /** File, and which of its documents where there are several: for messages. */
  readonly place: string;
  readonly text: string;
  readonly value: unknown;
}

/** The second pass: looks up documents in a scanned tree and parses what is asked for. */
export interface Repository {
  /** Entries of a kind with these fields, by path and document. Of several with the same namespace and name, only the last. */
  find(kind: ScannedKind, fields: Partial<Entry>): readonly Entry[];
  /** The entries that `find` leaves out because a later one has the same namespace and name. */
  shadowed(kind: ScannedKind, fields: Partial<Entry>): readonly Entry[];
  /** Parses an entry's document. Throws `ManifestInvalid` where it cannot be read. */
  read(entry: Entry): Manifest;
  /** The text of an entry's file. */
  text(entry: Entry): string;
  /** True where a YAML file has this path. */
  exists(path: string): boolean;
  /** What the scan could not read, for messages. */
  readonly unreadable: readonly string[];
}

/** Opens a scanned tree with the texts of its files, of which a release needs only those that `pathsForRelease` named. */
export function openRepository(scan: RepositoryScan, texts: Pick<ReadonlyMap<string, string>, 'get'>): Repository {
  const candidates = indexed(scan.entries);
  const split = (kind: ScannedKind, fields: Partial<Entry>) => {
    const wanted = Object.entries(fields);
    const matches = candidates(kind, fields)
      .filter((entry) => wanted.every(([key, value]) => entry[key as keyof Entry] === value))
      .sort(byPlace);
    const last = new Map(matches.map((entry) => [`${entry.namespace}/${entry.name}`, entry]));
    const winners = new Set(last.values());
    return {
      kept: matches.filter((entry) => winners.has(entry)),
      shadowed: matches.filter((entry) => !winners.has(entry)),
    };
  };

  const text = ({ path }: Entry): string => {
    const found = texts.get(path);
    if (found === undefined) throw new Error(`the text of ${path} was not given`);
    return found;
  };

  const read = (entry: Entry): Manifest => {
    const ranges = splitDocuments(text(entry));
    const range = ranges[entry.document];
    if (!range) throw new Error(`${entry.path} has no document ${entry.document}`);
    const place = ranges.length > 1 ? `${entry.path} (document ${entry.document + 1})` : entry.path;
    return { entry, place, text: text(entry), value: readExactly(text(entry), range, entry.path) };
  };
  const platform = new Map<Entry, Manifest>();

  return {
    find: (kind, fields) => split(kind, fields).kept,
    shadowed: (kind, fields) => split(kind, fields).shadowed,
    text,
    read(entry) {
      const known = platform.get(entry);
      if (known) return known;
      const manifest = read(entry);
      if (platformKinds.has(entry.kind)) platform.set(entry, manifest);
      return manifest;
    },
    exists: (path) => scan.paths.has(path),
    unreadable: scan.unreadable,
  };
}

/** Kinds that many components share, so each document is parsed once. */
const platformKinds: ReadonlySet<ScannedKind> = new Set([
  'ComponentType',
  'ClusterComponentType',
  'Trait',
  'ClusterTrait',
  'DeploymentPipeline',
  'Project',
]);

/** Finds the few entries that can have these fields, by the first of them that tells most apart. */
function indexed(entries: readonly Entry[]) {
  const byKind = Map.groupBy(entries, ({ kind }) => kind);
  const indexes = new Map<string, ReadonlyMap<string, readonly Entry[]>>();
  return (kind: ScannedKind, fields: Partial<Entry>): readonly Entry[] => {
    const field = (['component', 'name'] as const).find((one) => fields[one] !== undefined);
    if (field === undefined) return byKind.get(kind) ?? [];
    const index = indexes.get(`${kind} ${field}`) ?? Map.groupBy(byKind.get(kind) ?? [], (entry) => entry[field]);
    indexes.set(`${kind} ${field}`, index);
    return index.get(fields[field] ?? '') ?? [];
  };
}

/** A manifest's value in the shape of its kind. Throws `ManifestInvalid` that names every wrong field. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  { entry, place, value }: Omit<Manifest, 'text'>,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Failure('ManifestInvalid', `${place}: ${entry.kind} ${entry.name}: ${describeIssues(result.error)}`);
}

function byPlace(left: Entry, right: Entry): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.document - right.document;
}
