import type { z } from 'zod';
import { Failure } from '../../failures.ts';
import { describeIssues } from '../kinds/issues.ts';
import type { Warning } from '../warning.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { firstLine } from '../yaml/line-at.ts';
import { type ReadDocument, readDocument } from '../yaml/read.ts';
import { type Entry, type ScannedKind, sharedKinds } from './entry.ts';
import type { RepositoryScan } from './scan.ts';
import type { Unplaced } from './unplaced.ts';

/** A document with its value, and the text of its file. */
export interface Manifest extends ReadDocument {
  readonly entry: Entry;
  /** File, and which of its documents where there are several: for messages. */
  readonly place: string;
  readonly text: string;
}

/** Parses an entry's document in the text of its file. Throws `ManifestInvalid`. */
export function parseManifest(entry: Entry, text: string): Manifest {
  const ranges = splitDocuments(text);
  const range = ranges[entry.document];
  if (!range) throw new Error(`${entry.path} has no document ${entry.document}`);
  if (!isShared(entry) && !text.isWellFormed()) {
    throw new Failure(
      'ManifestInvalid',
      `${entry.path}: the file is not UTF-8, so changing one of its documents would damage the others; save it as UTF-8`,
    );
  }
  const place = ranges.length > 1 ? `${entry.path} (document ${entry.document + 1})` : entry.path;
  return { entry, place, text, ...readDocument(text, range, entry.path) };
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
  text(entry: Pick<Entry, 'path'>): string;
  /** File and first line of an entry's document. */
  where(entry: Entry): Pick<Warning, 'file' | 'line'>;
  /** True where a YAML file has this path. */
  exists(path: string): boolean;
  /** Documents that count for nothing, or for less than their authors may think. */
  readonly unplaced: readonly Unplaced[];
}

/** Parsed documents that are kept beside those of the platform: enough for one component, which is read more than once. */
const maximumParsed = 100;

/** Opens a scanned tree with the texts of its files, of which a release needs only those of `entriesForRelease`. */
export function openRepository(scan: RepositoryScan, texts: Pick<ReadonlyMap<string, string>, 'get'>): Repository {
  const split = (kind: ScannedKind, fields: Partial<Entry>) => {
    const matches = scan.select(kind, fields).toSorted(byPlace);
    const last = new Map(matches.map((entry) => [`${entry.namespace}/${entry.name}`, entry]));
    const winners = new Set(last.values());
    return {
      kept: matches.filter((entry) => winners.has(entry)),
      shadowed: matches.filter((entry) => !winners.has(entry)),
    };
  };

  const textOf = ({ path }: Pick<Entry, 'path'>): string => {
    const found = texts.get(path);
    if (found === undefined) throw new Error(`the text of ${path} was not given`);
    return found;
  };

  const shared = new Map<string, Manifest>();
  const recent = new Map<string, Manifest>();

  return {
    find: (kind, fields) => split(kind, fields).kept,
    shadowed: (kind, fields) => split(kind, fields).shadowed,
    text: textOf,
    where(entry) {
      const text = textOf(entry);
      const range = splitDocuments(text)[entry.document];
      return { file: entry.path, line: range ? firstLine(text, range) : null };
    },
    read(entry) {
      const key = `${entry.path} ${entry.document}`;
      const known = shared.get(key);
      if (known) return known;
      const text = textOf(entry);
      const last = recent.get(key);
      // A bulk command may have changed another document of the file meanwhile.
      if (last?.text === text) return last;
      const manifest = parseManifest(entry, text);
      if (recent.size >= maximumParsed) recent.clear();
      (isShared(entry) ? shared : recent).set(key, manifest);
      return manifest;
    },
    exists: (path) => scan.has(path),
    unplaced: scan.unplaced,
  };
}

/** Of what many components share, each document is parsed once; nothing of ours changes it. */
function isShared({ kind }: Entry): boolean {
  return kind === 'Project' || sharedKinds.some((shared) => shared === kind);
}

/** A manifest's value in the shape of its kind. Throws `ManifestInvalid` that names every wrong field. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  { entry, place, value }: Pick<Manifest, 'entry' | 'place' | 'value'>,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Failure('ManifestInvalid', `${place}: ${entry.kind} ${entry.name}: ${describeIssues(result.error)}`);
}

function byPlace(left: Entry, right: Entry): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.document - right.document;
}
