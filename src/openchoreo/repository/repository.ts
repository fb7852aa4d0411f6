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
  const byKind = Map.groupBy(scan.entries, ({ kind }) => kind);
  const split = (kind: ScannedKind, fields: Partial<Entry>) => {
    const wanted = Object.entries(fields);
    const matches = (byKind.get(kind) ?? [])
      .filter((entry) => wanted.every(([key, value]) => entry[key as keyof Entry] === value))
      .sort(byPlace);
    const last = new Map(matches.map((entry) => [`${entry.namespace}/${entry.name}`, entry]));
    const wins = (entry: Entry) => last.get(`${entry.namespace}/${entry.name}`) === entry;
    return { kept: matches.filter(wins), shadowed: matches.filter((entry) => !wins(entry)) };
  };

  const text = ({ path }: Entry): string => {
    const found = texts.get(path);
    if (found === undefined) throw new Error(`the text of ${path} was not given`);
    return found;
  };

  return {
    find: (kind, fields) => split(kind, fields).kept,
    shadowed: (kind, fields) => split(kind, fields).shadowed,
    text,
    read(entry) {
      const ranges = splitDocuments(text(entry));
      const range = ranges[entry.document];
      if (!range) throw new Error(`${entry.path} has no document ${entry.document}`);
      const place = ranges.length > 1 ? `${entry.path} (document ${entry.document + 1})` : entry.path;
      return { entry, place, text: text(entry), value: readExactly(text(entry), range, entry.path) };
    },
    exists: (path) => scan.paths.has(path),
    unreadable: scan.unreadable,
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
