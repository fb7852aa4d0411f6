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
  const root = isOneDocument(text) ? keysOf(text, '') : undefined;
  const kindText = simpleField(text, root, 'kind');
  const version = simpleField(text, root, 'apiVersion');
  if (!kindText || !version) return 'unclear';
  const kind = scannedKind(kindText);
  if (!kind || version !== apiVersion) return seemsMisplaced(kindText, version) ? 'unclear' : undefined;
  const [name, namespace] = fieldsOf(section(text, root, 'metadata'), 'name', 'namespace');
  const spec = section(text, root, 'spec');
  const owner = section(spec, spec === undefined ? undefined : keysOf(spec, childIndent(spec)), 'owner');
  const [project, component] = fieldsOf(owner, 'projectName', 'componentName');
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

/** True for a text that is one document and begins with a key. */
function isOneDocument(text: string): boolean {
  const begin = /^(?:[ \t\r]*(?:#[^\n]*)?\n)*(?:---[ \t\r]*\n)?(?:[ \t\r]*(?:#[^\n]*)?\n)*/.exec(text)?.[0].length ?? 0;
  return /[a-z]/i.test(text.charAt(begin)) && !text.includes('\n---', begin - 1) && !text.includes('\n...', begin);
}

/** The keys of a block, all with the same indent: how deep they are, and the offset behind the colon of each. */
interface Keys {
  readonly depth: number;
  readonly ends: ReadonlyMap<string, number>;
}

const deepest = 16;
const simpleKey = /[\w./-]+:(?=[ \t\r\n]|$)/y;

/** The keys with that indent, of equal ones the last; undefined where one is written in an unusual way, or where they are too deep. */
function keysOf(text: string, indent: string): Keys | undefined {
  const depth = indent.length;
  if (depth > deepest) return undefined;
  const ends = new Map<string, number>();
  for (let line = 0; line < text.length; line = text.indexOf('\n', line) + 1 || text.length) {
    const start = line + depth;
    // Deeper, blank, a comment, an item of a list; or less deep, which ends a section.
    if (' \n\r\t#-'.includes(text.charAt(start)) || !text.startsWith(indent, line)) continue;
    simpleKey.lastIndex = start;
    const key = simpleKey.exec(text)?.[0].slice(0, -1);
    if (key === undefined) return undefined;
    ends.set(key, simpleKey.lastIndex);
  }
  return { depth, ends };
}

function restOfLine(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text
    .slice(start, end === -1 ? text.length : end)
    .slice(0, longestLine)
    .replace(/[ \t]#.*$/, '')
    .replace(/^[ \t]+|[ \t\r]+$/g, '');
}

/** Lines that are longer hold no names, and looking at their blanks takes long. */
const longestLine = 1000;

/** True where the text of a line goes on in a later one, which is deeper. */
function goesOn(text: string, start: number, depth: number): boolean {
  const end = text.indexOf('\n', start);
  if (end === -1) return false;
  const next = /[^ \r\n]/g;
  next.lastIndex = end;
  const at = next.exec(text)?.index;
  if (at === undefined || text[at] === '#') return false;
  return text[at] === '\t' || at - text.lastIndexOf('\n', at) - 1 > depth;
}

/** The text below a key up to the next one of the same depth, or the `{…}` after it. Empty where there is no such key, undefined where that is not clear. */
function section(text: string | undefined, keys: Keys | undefined, key: string): string | undefined {
  if (text === undefined || !keys) return text === '' ? '' : undefined;
  const start = keys.ends.get(key);
  if (start === undefined) return '';
  const inline = restOfLine(text, start);
  if (inline !== '') return /^\{[^{}]*\}$/.test(inline) ? inline : undefined;
  const rest = text.slice(start);
  // The section ends at the first line that is neither blank, nor a comment, nor deeper.
  const end = rest.search(sectionEnds[keys.depth] ?? /$/);
  return rest.slice(rest.indexOf('\n') + 1, end === -1 ? rest.length : end + 1);
}

const sectionEnds = Array.from({ length: deepest + 1 }, (_, depth) => new RegExp(`\\n {0,${depth}}[^\\s#]`));

function childIndent(section: string): string {
  return /(?:^|\n)( +)[^\s#]/.exec(section)?.[1] ?? ' ';
}

/** The simple texts of fields of a section: empty where there is no such field, undefined where the text is not simple. */
function fieldsOf(section: string | undefined, ...names: readonly string[]): readonly (string | undefined)[] {
  if (section === undefined) return [];
  if (section.startsWith('{')) return names.map((name) => flowField(section, name));
  const keys = keysOf(section, childIndent(section));
  return names.map((name) => simpleField(section, keys, name));
}

function simpleField(text: string, keys: Keys | undefined, key: string): string | undefined {
  if (!keys) return undefined;
  const start = keys.ends.get(key);
  if (start === undefined) return '';
  return goesOn(text, start, keys.depth) ? undefined : simpleText(restOfLine(text, start));
}

function flowField(flow: string, key: string): string | undefined {
  if ((flow.match(new RegExp(`\\b${key}\\b`, 'g')) ?? []).length > 1) return undefined;
  const found = new RegExp(`[{,] *${key}: +([^,}]*)[,}]`).exec(flow)?.[1];
  if (found !== undefined) return simpleText(found.replace(/ +$/, ''));
  return flow.includes(key) ? undefined : '';
}

function simpleText(text: string): string | undefined {
  const quoted = /^(?:"([^"\\]*)"|'([^']*)')$/.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  return /^[A-Za-z0-9][\w./-]*$/.test(text) && typeof resolveScalar(text) === 'string' ? text : undefined;
}
