import { apiVersion } from '../kinds/fields.ts';
import type { Warning } from '../warning.ts';
import { isMapping } from '../yaml/compose.ts';
import type { DocumentRange } from '../yaml/documents.ts';
import { lineAt } from '../yaml/line-at.ts';
import { fieldsToFind, scannedKinds } from './entry.ts';

/** Why a document of the tree counts for nothing, or for less than its author may think. */
export interface Unplaced extends Warning {
  /** The component that it seems to be about; empty where nothing tells. */
  readonly component: string;
}

/** What keeps a readable document from being found, with its line; undefined where it is in order, or none of ours. */
export function whyUnplaced(text: string, range: DocumentRange, file: string, value: unknown): Unplaced | undefined {
  const problem = isMapping(value) ? problemOf(value) : undefined;
  if (!problem) return undefined;
  const line = lineAt(text, range, problem.path);
  return { file, line, text: `${problem.text}: the document ${problem.lost}`, component: componentIn(text, range) };
}

/** The component that a document names, as far as its text tells. */
export function componentIn(text: string, { start, end }: DocumentRange): string {
  const content = text.slice(start, end);
  const owner = /^[ \t]*componentName:[ \t]*["']?([\w.-]+)/m.exec(content);
  const own = /^kind:[ \t]*Component[ \t\r]*$/m.test(content)
    ? /^[ \t]+name:[ \t]*["']?([\w.-]+)/m.exec(content)
    : null;
  return (owner ?? own)?.[1] ?? '';
}

interface Problem {
  readonly path: readonly string[];
  readonly text: string;
  readonly lost: string;
}

type Mapping = Readonly<Record<string, unknown>>;

const lost = 'is left out';

function problemOf(value: Mapping): Problem | undefined {
  const { apiVersion: version, kind, items } = value;
  if (
    kind === 'List' &&
    Array.isArray(items) &&
    items.some((item) => isMapping(item) && item['apiVersion'] === apiVersion)
  )
    return { path: ['items'], text: 'items of a List are not read, write each as a document', lost };
  const known = scannedKinds.find((one) => one.toLowerCase() === String(kind).toLowerCase());
  if (!isOurs(version) && !(version === undefined && known)) return undefined;
  if (kind === undefined || kind === null) return { path: [], text: 'kind is missing', lost };
  if (!known) return undefined;
  if (known !== kind) return { path: ['kind'], text: `kind ${String(kind)} is not known, write ${known}`, lost };
  if (version !== apiVersion) return { path: ['apiVersion'], text: `apiVersion is not ${apiVersion}`, lost };
  const name = wrongText(value, 'metadata', 'name');
  if (name) return { ...name, lost };
  for (const field of fieldsToFind(known)) {
    const wrong = wrongText(value, ...places[field]);
    if (wrong) return { ...wrong, lost: `is found for no ${field}` };
  }
  return undefined;
}

const places = {
  namespace: ['metadata', 'namespace'],
  project: ['spec', 'owner', 'projectName'],
  component: ['spec', 'owner', 'componentName'],
};

function isOurs(version: unknown): boolean {
  return typeof version === 'string' && version.startsWith('openchoreo.dev/');
}

function wrongText(value: unknown, ...path: readonly string[]): Omit<Problem, 'lost'> | undefined {
  const found = path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), value);
  if (typeof found === 'string' && found !== '') return undefined;
  const field = path.join('.');
  if (found === undefined || found === null || found === '') return { path, text: `${field} is missing` };
  return {
    path,
    text:
      typeof found === 'object' ? `${field} is no text` : `${field} is ${String(found)}, not text, put it in quotes`,
  };
}
