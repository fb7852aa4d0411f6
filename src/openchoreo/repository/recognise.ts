import { apiVersion } from '../kinds/fields.ts';
import { isMapping } from '../yaml/compose.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { fieldsToFind, type Recognised, type ScannedKind, scannedKinds } from './entry.ts';

/** What a parsed document is, or undefined where it is none of the kinds that matter. */
export function recogniseValue(value: unknown): Recognised | undefined {
  if (!isMapping(value) || value['apiVersion'] !== apiVersion) return undefined;
  const kind = scannedKind(value['kind']);
  const name = textAt(value, 'metadata', 'name');
  if (!kind || name === '') return undefined;
  return {
    kind,
    name,
    namespace: textAt(value, 'metadata', 'namespace'),
    project: textAt(value, 'spec', 'owner', 'projectName'),
    component: textAt(value, 'spec', 'owner', 'componentName'),
  };
}

/**
 * What a file is, by its text alone: undefined where it is none of the kinds that matter, 'unclear' where only parsing can tell.
 * Sure of itself only for one block-style document whose names are simple texts.
 */
export function recogniseText(text: string): Recognised | undefined | 'unclear' {
  if (!text.includes('openchoreo.dev')) return undefined;
  if (hasSeveralDocuments(text)) return 'unclear';
  const kindText = simpleField(text, '', 'kind');
  const version = simpleField(text, '', 'apiVersion');
  if (!kindText || !version) return 'unclear';
  const kind = scannedKind(kindText);
  if (!kind || version !== apiVersion) return seemsMisplaced(kindText, version) ? 'unclear' : undefined;
  const metadata = section(text, '', 'metadata');
  const spec = section(text, '', 'spec');
  if (metadata === undefined || spec === undefined) return 'unclear';
  const owner = section(spec, childIndent(spec), 'owner') ?? 'unclear';
  const [name, namespace] = child(metadata, 'name', 'namespace');
  const [project, component] = child(owner, 'projectName', 'componentName');
  if (!name || namespace === undefined || project === undefined || component === undefined) return 'unclear';
  const isPlaced = fieldsToFind(kind).every((field) => ({ namespace, project, component })[field] !== '');
  return isPlaced ? { kind, name, namespace, project, component } : 'unclear';
}

/** True where only its content tells whether the document is one of ours that is written wrongly. */
function seemsMisplaced(kind: string, version: string): boolean {
  const isKnown = scannedKinds.some((one) => one.toLowerCase() === kind.toLowerCase());
  return kind === 'List' || (isKnown && version.startsWith('openchoreo.dev/'));
}

function scannedKind(value: unknown): ScannedKind | undefined {
  return scannedKinds.find((kind) => kind === value);
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), value);
  return typeof found === 'string' ? found : '';
}

function hasSeveralDocuments(text: string): boolean {
  const begin = /^\uFEFF?(?:[ \t\r]*(?:#[^\n]*)?\n)*(?:---[ \t\r]*\n)?/.exec(text)?.[0].length ?? 0;
  return text.startsWith('---', begin) || text.includes('\n---', begin - 1);
}

/** The offset after `key:` at the beginning of a line with that indent: -1 where there is no such line, undefined where it is written in another way. */
function valueStart(text: string, indent: string, key: string): number | undefined {
  const head = `${indent}${key}:`;
  const line = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`) + 1;
  if (line === 0 && !text.startsWith(head)) {
    return text.includes(key) && new RegExp(`(?:^|\n)${indent}["']?${key}["']?\\s*:`).test(text) ? undefined : -1;
  }
  const start = line + head.length;
  return /\s/.test(text.charAt(start)) ? start : undefined;
}

function restOfLine(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text
    .slice(start, end === -1 ? text.length : end)
    .replace(/\s#.*$/, '')
    .trim();
}

/** The text below a key of block style up to the next key of the same depth, or the `{…}` after it. Empty where there is no such key. */
function section(text: string, indent: string, key: string): string | undefined {
  const start = valueStart(text, indent, key);
  if (start === undefined) return undefined;
  if (start === -1) return '';
  const inline = restOfLine(text, start);
  if (inline !== '') return /^\{[^{}]*\}$/.test(inline) ? inline : undefined;
  const rest = text.slice(start);
  // The section ends at the first line that is neither blank, nor a comment, nor deeper.
  const end = rest.search(sectionEnd(indent.length));
  return rest.slice(rest.indexOf('\n') + 1, end === -1 ? rest.length : end + 1);
}

const sectionEnds: RegExp[] = [];
function sectionEnd(indent: number): RegExp {
  sectionEnds[indent] ??= new RegExp(`\\n {0,${indent}}[^\\s#]`);
  return sectionEnds[indent];
}

function childIndent(section: string): string {
  return /(?:^|\n)( +)[^\s#]/.exec(section)?.[1] ?? ' ';
}

function child(section: string, ...keys: readonly string[]): readonly (string | undefined)[] {
  if (section === '') return keys.map(() => '');
  if (section.startsWith('{')) return keys.map((key) => flowField(section, key));
  const indent = childIndent(section);
  return keys.map((key) => (section === 'unclear' ? undefined : simpleField(section, indent, key)));
}

/** The simple text of a field of that indent: empty where there is no such field, undefined where the text is not simple. */
function simpleField(text: string, indent: string, key: string): string | undefined {
  const start = valueStart(text, indent, key);
  if (start === undefined) return undefined;
  return start === -1 ? '' : simpleText(restOfLine(text, start));
}

function flowField(flow: string, key: string): string | undefined {
  const found = new RegExp(`[{,]\\s*${key}:\\s+([^,}]*)[,}]`).exec(flow)?.[1];
  if (found !== undefined) return simpleText(found.trim());
  return flow.includes(key) ? undefined : '';
}

function simpleText(text: string): string | undefined {
  const quoted = /^(?:"([^"\\]*)"|'([^']*)')$/.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  return /^[A-Za-z0-9][\w./-]*$/.test(text) && typeof resolveScalar(text) === 'string' ? text : undefined;
}
