import { readLeniently } from '../yaml/read.ts';
import type { Entry, Recognised } from './entry.ts';
import { recogniseText, recogniseValue } from './recognise.ts';

const ignoredFolders = new Set(['node_modules', 'vendor', 'target', 'build', 'dist']);
const maximumUnreadable = 20;

/** The first pass over a GitOps tree: what every file holds, found without parsing where possible. Keeps no texts. */
export interface RepositoryScan {
  /** Takes in a file; a path that does not count is left out. Each path once. */
  add(path: string, text: string): void;
  readonly entries: readonly Entry[];
  /** All YAML files that were added, whatever they hold. */
  readonly paths: ReadonlySet<string>;
  /** What could not be read and therefore was left out, for messages; at most twenty. */
  readonly unreadable: readonly string[];
}

/** True for YAML files outside of hidden folders and those of build tools; the path is relative to the repository. */
export function isManifestPath(path: string): boolean {
  if (!/\.ya?ml$/i.test(path)) return false;
  const folders = path.split('/').slice(0, -1);
  return !folders.some((folder) => folder.startsWith('.') || ignoredFolders.has(folder));
}

/** Begins a scan. */
export function createScan(): RepositoryScan {
  const entries: Entry[] = [];
  const paths = new Set<string>();
  const unreadable: string[] = [];
  const known = new Map<string, string>();

  // A matched part of a text keeps the whole text in memory; a copy does not.
  const keep = (text: string): string => {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const copy = Buffer.from(text).toString();
    known.set(copy, copy);
    return copy;
  };

  const record = (path: string, document: number, { kind, name, namespace, project, component }: Recognised) =>
    entries.push({
      path,
      document,
      kind,
      name: keep(name),
      namespace: keep(namespace),
      project: keep(project),
      component: keep(component),
    });

  return {
    entries,
    paths,
    unreadable,
    add(path, text) {
      if (!isManifestPath(path)) return;
      paths.add(path);
      const recognised = recogniseText(text);
      if (recognised === undefined) return;
      if (recognised !== 'unclear') {
        record(path, 0, recognised);
        return;
      }
      const { documents, warnings } = readLeniently(text, path);
      unreadable.push(...warnings.slice(0, maximumUnreadable - unreadable.length));
      for (const { index, value } of documents) {
        const entry = recogniseValue(value);
        if (entry) record(path, index, entry);
      }
    },
  };
}
