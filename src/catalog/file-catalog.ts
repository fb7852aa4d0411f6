import { setImmediate } from 'node:timers/promises';
import { Failure } from '../failures.ts';
import { parseYaml, readLeniently } from '../openchoreo/yaml/read.ts';
import type { Catalog, CatalogKind, FoundComponent } from './catalog.ts';
import { type FileIndex, indexFile, type ResourceKey, resourceKey } from './resource-index.ts';
import { componentKeys, emptySnapshot, keyText, type Snapshot, takeSnapshot } from './snapshot.ts';

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
 * A catalog of YAML files. Only files with a new version are read for the index, and only what is asked for is parsed, once for
 * each version. Of two files with the same resource the last by path counts, and in a file the last document.
 */
export function createFileCatalog(description: string, files: CatalogFiles): Catalog {
  let current: Promise<Snapshot> = Promise.resolve(emptySnapshot);
  const parsed = new WeakMap<FileIndex, ParsedFile>();
  /** Components of a snapshot by the paths that were asked for. */
  const answers = new WeakMap<Snapshot, Map<string | null, readonly FoundComponent[]>>();

  async function refreshed(last: Snapshot): Promise<Snapshot> {
    const listing = await files.list();
    return listing === last.listing ? last : takeSnapshot(listing, await indexFiles(files, listing, last));
  }

  /** One refresh after the other, so that no version is read twice; a failed one leaves the last snapshot. */
  function snapshot(): Promise<Snapshot> {
    const last = current.catch(() => emptySnapshot);
    const next = last.then(refreshed);
    current = next.catch(() => last);
    return next;
  }

  /** A file is named by its path; whose path it is, only the catalog knows. */
  const locate = (error: unknown): never => {
    if (!(error instanceof Failure) || error.type !== 'ManifestInvalid') throw error;
    throw new Failure(error.type, `${error.message} (${description})`, { cause: error });
  };

  /** Parses the files of these resources that have not been parsed yet, in one reading. */
  async function parse({ places, byVersion }: Snapshot, keys: readonly ResourceKey[]): Promise<void> {
    const unread = new Map<string, CatalogFile>();
    for (const key of keys) {
      const file = places.get(keyText(key));
      const index = file && byVersion.get(file.version);
      if (file && index && !parsed.has(index)) unread.set(file.version, file);
    }
    if (unread.size === 0) return;
    for await (const { file, text } of files.read([...unread.values()])) {
      const index = byVersion.get(file.version);
      if (index) parsed.set(index, parseFile(text, file.path));
      // Many files in a row must not hold up everything else.
      await setImmediate();
    }
  }

  function parsedFile({ places, byVersion }: Snapshot, key: ResourceKey): ParsedFile | undefined {
    const index = byVersion.get(places.get(keyText(key))?.version ?? '');
    return index && parsed.get(index);
  }

  const catalogAt = (take: () => Promise<Snapshot>): Catalog => ({
    description,
    async find(kind, namespace, name) {
      const now = await take();
      const key = { kind, namespace, name };
      await parse(now, [key]);
      const file = parsedFile(now, key);
      const value = file?.values.get(keyText(key));
      if (value === undefined && file?.error !== undefined) return locate(file.error);
      if (now.places.has(keyText(key))) return value;
      const suspect = now.unreadable.find(({ text }) => text.includes(name) && text.includes(kind));
      return suspect === undefined ? undefined : locate(suspect.error);
    },
    async textOf(kind, namespace, name) {
      const place = (await take()).places.get(keyText({ kind, namespace, name }));
      for await (const { file, text } of files.read(place ? [place] : [])) return { path: file.path, text };
      return undefined;
    },
    async names(kind: CatalogKind, namespace: string) {
      const prefix = keyText({ kind, namespace, name: '' });
      const { places } = await take();
      return [...places.keys()].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])).sort();
    },
    async namespaces() {
      const { components } = await take();
      return [...new Set([...components.values()].map(({ namespace }) => namespace))].sort();
    },
    async components(paths) {
      const now = await take();
      const question = paths?.join('\n') ?? null;
      const known = answers.get(now)?.get(question);
      if (known !== undefined) return known;
      const keys = componentKeys(now, paths);
      await parse(now, keys);
      const found = keys.map((key) => ({
        namespace: key.namespace,
        name: key.name,
        value: parsedFile(now, key)?.values.get(keyText(key)),
      }));
      // Nobody can fill the memory by asking for what is not there.
      const others = answers.get(now) ?? new Map<string | null, readonly FoundComponent[]>();
      if (found.length > 0) answers.set(now, others.set(question, found));
      return found;
    },
    async now() {
      const taken = await take();
      return catalogAt(async () => taken);
    },
  });
  return catalogAt(snapshot);
}

async function indexFiles(
  files: CatalogFiles,
  listing: readonly CatalogFile[],
  last: Snapshot,
): Promise<ReadonlyMap<string, FileIndex>> {
  const byVersion = new Map<string, FileIndex>();
  const unread = listing.filter(({ version }) => {
    const known = last.byVersion.get(version);
    if (known !== undefined) byVersion.set(version, known);
    return known === undefined;
  });
  for await (const { file, text } of files.read(unread)) byVersion.set(file.version, indexFile(text, file.path));
  return byVersion;
}

/** A file's resources by `keyText`, and the first mistake that keeps another one from being read. */
interface ParsedFile {
  readonly values: ReadonlyMap<string, unknown>;
  readonly error: unknown;
}

function parseFile(text: string, path: string): ParsedFile {
  const { documents, unreadable } = readLeniently(text, path);
  const values = new Map<string, unknown>();
  for (const { value } of documents) {
    const key = resourceKey(value);
    if (key !== undefined) values.set(keyText(key), value);
  }
  try {
    if (unreadable.length > 0) parseYaml(text, path);
    return { values, error: undefined };
  } catch (error) {
    return { values, error };
  }
}
