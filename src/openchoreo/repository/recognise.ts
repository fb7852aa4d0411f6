import { apiVersion } from '../kinds/fields.ts';
import { isMapping } from '../yaml/compose.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { type Recognised, type ScannedKind, scannedKinds } from './entry.ts';

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
  if (kindText === undefined || version === undefined) return 'unclear';
  const kind = scannedKind(kindText);
  if (!kind || version !== apiVersion) return undefined;
  const metadata = section(text, '', 'metadata');
  const spec = section(text, '', 'spec');
  if (metadata === undefined || spec === undefined) return 'unclear';
  const owner = section(spec, childIndent(spec), 'owner') ?? 'unclear';
  const [name, namespace] = child(metadata, 'name', 'namespace');
  const [project, component] = child(owner, 'projectName', 'componentName');
  if (!name || namespace === undefined || project === undefined || component === undefined) return 'unclear';
  return { kind, name, namespace, project, component };
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

/** The text below a key of block style up to the next key of the same depth, or the `{…}` after it. Empty where there is no such key. */
function section(text: string, indent: string, key: string): string | undefined {
  const head = new RegExp(`(?<![^\\n])${indent}${key}:[ \\t]*(\\{[^{}\\n]*\\})?[ \\t\\r]*(#[^\\n]*)?(\\n|$)`).exec(
    text,
  );
  if (!head) return new RegExp(`(?<![^\\n])${indent}["']?${key}["']?[ \\t]*:`).test(text) ? undefined : '';
  if (head[1]) return head[1];
  const start = head.index + head[0].length;
  const rest = text.slice(start);
  // The section ends at the first line that is neither blank, nor a comment, nor deeper.
  const end = rest.search(new RegExp(`(?<![^\\n])(?!${indent}[ \\t])(?![ \\t]*(?:#|\\r?\\n|$))`));
  return end === -1 ? rest : rest.slice(0, end);
}

function childIndent(section: string): string {
  return /(?<![^\n])([ ]+)[^\s#]/.exec(section)?.[1] ?? ' ';
}

function child(section: string, ...keys: readonly string[]): readonly (string | undefined)[] {
  if (section === '') return keys.map(() => '');
  if (section.startsWith('{')) return keys.map((key) => flowField(section, key));
  const indent = childIndent(section);
  return keys.map((key) => (section === 'unclear' ? undefined : simpleField(section, indent, key)));
}

/** The simple text of a field of that indent: empty where there is no such field, undefined where the text is not simple. */
function simpleField(text: string, indent: string, key: string): string | undefined {
  const found = new RegExp(`(?<![^\\n])${indent}${key}:[ \\t]([^\\n]*)`).exec(text)?.[1];
  if (found !== undefined) return simpleText(found.replace(/\s#.*$/, '').trim());
  return new RegExp(`(?<![^\\n])${indent}["']?${key}["']?[ \\t]*:`).test(text) || indent === '' ? undefined : '';
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
