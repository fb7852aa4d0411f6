import { apiVersion } from '../openchoreo/kinds/fields.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { splitDocuments } from '../openchoreo/yaml/documents.ts';
import { readRange } from '../openchoreo/yaml/read.ts';
import type { CatalogKind } from './catalog.ts';
import { sourcePaths } from './source-paths.ts';

/** Which resource a document holds. */
export interface ResourceKey {
  readonly kind: CatalogKind;
  readonly namespace: string;
  readonly name: string;
}

/** A resource and, of a Component, the paths that its source's repository may have; null where the text does not tell. */
export interface IndexedKey extends ResourceKey {
  readonly sourcePaths: readonly string[] | null;
}

/** What a file holds for a catalog. */
export interface FileIndex {
  readonly keys: readonly IndexedKey[];
  /** Documents that cannot be read, to be named when something is missing that they mention. */
  readonly unreadable: readonly { readonly text: string; readonly error: unknown }[];
}

/** True for a file that a catalog reads: YAML outside hidden folders and folders of dependencies and build results. */
export function isCatalogPath(path: string): boolean {
  return /\.ya?ml$/i.test(path) && !path.split('/').slice(0, -1).some(isIgnoredFolder);
}

/** True for a folder that a catalog does not enter. */
export function isIgnoredFolder(name: string): boolean {
  return name.startsWith('.') || ['node_modules', 'vendor', 'target', 'build', 'dist'].includes(name);
}

/** Finds the resources of a file by regular expressions, and parses only documents where those do not decide. */
export function indexFile(text: string, path: string): FileIndex {
  const keys: IndexedKey[] = [];
  const unreadable: { text: string; error: unknown }[] = [];
  if (!text.includes(apiVersion) || !/\b(Component|(Cluster)?ComponentType|ComponentWorkflow|Project)\b/.test(text))
    return { keys, unreadable };
  for (const range of splitDocuments(text)) {
    const document = text.slice(range.start, range.end);
    try {
      const key = keyByExpression(document) ?? resourceKey(readRange(text, range, path));
      if (key === undefined || key === 'other') continue;
      keys.push({ ...key, sourcePaths: key.kind === 'Component' ? sourcePaths(document) : [] });
    } catch (error) {
      unreadable.push({ text: document, error });
    }
  }
  return { keys, unreadable };
}

/** The key of a parsed document, or undefined where it is nothing for a catalog. */
export function resourceKey(document: unknown): ResourceKey | undefined {
  if (!isPlainObject(document) || document['apiVersion'] !== apiVersion || !isPlainObject(document['metadata']))
    return undefined;
  const { name, namespace } = document['metadata'];
  const kind = catalogKind(document['kind']);
  if (kind === undefined || typeof name !== 'string') return undefined;
  return { kind, namespace: namespaceOf(kind, typeof namespace === 'string' ? namespace : ''), name };
}

const namespaceOf = (kind: CatalogKind, written: string): string =>
  kind === 'ClusterComponentType' ? '' : written || 'default';

function catalogKind(kind: unknown): CatalogKind | undefined {
  const kinds = ['Component', 'ComponentType', 'ClusterComponentType', 'ComponentWorkflow', 'Project'] as const;
  return kinds.find((one) => one === kind);
}

/** Undefined where the document is written in a way that only a parser understands. */
function keyByExpression(document: string): ResourceKey | 'other' | undefined {
  const [kindText, ...moreKinds] = topLevel(document, 'kind');
  const [versionText, ...moreVersions] = topLevel(document, 'apiVersion');
  if (kindText === undefined || versionText === undefined || moreKinds.length + moreVersions.length > 0)
    return undefined;
  const kind = catalogKind(kindText);
  if (kind === undefined || versionText !== apiVersion) return 'other';
  const [block, ...moreBlocks] = [
    ...document.matchAll(/^metadata:[ \t]*(?:#.*)?\r?\n((?:(?:[ \t]+.*|[ \t]*#.*|)\r?\n)+)/gm),
  ].map((match) => match[1] ?? '');
  const indent = /^[ \t]+(?=[^\s#])/m.exec(block ?? '')?.[0];
  if (block === undefined || indent === undefined || moreBlocks.length > 0) return undefined;
  const fields = block
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith(indent) ? [line.slice(indent.length)] : []))
    .join('\n');
  const [name, ...moreNames] = topLevel(fields, 'name');
  const [namespace = 'default', ...moreNamespaces] = topLevel(fields, 'namespace');
  const isWord = (text: string): boolean => /^(?=.*[a-z])[\w.-]+$/.test(text);
  if (name === undefined || !isWord(name) || !isWord(namespace) || moreNames.length + moreNamespaces.length > 0)
    return undefined;
  return { kind, namespace: namespaceOf(kind, namespace), name };
}

/** Values of a key that stands at the beginning of a line, without quotes and comment. */
function topLevel(text: string, key: string): readonly string[] {
  const line = new RegExp(
    `^(?:${key}|"${key}"|'${key}')[ \\t]*:[ \\t]+(["']?)([^"'\\r\\n]*?)\\1[ \\t]*(?:[ \\t]#.*)?\\r?$`,
    'gm',
  );
  return [...text.matchAll(line)].map((match) => match[2] ?? '');
}
