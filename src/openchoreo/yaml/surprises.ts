import { isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Composed } from './compose.ts';
import { resolveScalar, type Scalar } from './scalar.ts';

/** Something that reads differently from how it looks; `line` counts from 0 within the text. */
export interface Surprise {
  readonly line: number;
  readonly text: string;
}

/** What the plain scalar of a field means instead of its text, in words; undefined where that is no surprise. */
export type ReadAs = (field: string, source: string, value: Scalar) => string | undefined;

/** Names that YAML 1.1 takes for something else than text. */
export const nameReadAs: ReadAs = (field, _, value) =>
  /(?:name|environment|environmentRef)$/i.test(field) && value !== null && typeof value !== 'string'
    ? String(value)
    : undefined;

/** Keys of a document that are there twice or are not what they look like, and values of fields that are read as something else. */
export function surprises({ document, lines }: Composed, readAs: ReadAs): readonly Surprise[] {
  const found: Surprise[] = [];
  const tell = (node: { readonly range?: readonly number[] | null | undefined }, text: string) =>
    found.push({ line: lines.linePos(node.range?.[0] ?? 0).line - 1, text });

  const visit = (node: unknown, field: string): void => {
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const source = key.source ?? '';
        const name = key.type === 'PLAIN' ? String(resolveScalar(source)) : source;
        if (name !== source) tell(key, `the key ${source} is read as "${name}", put it in quotes`);
        if (seen.has(name) && source !== '<<') tell(key, `the key "${name}" is there more than once, the last counts`);
        seen.add(name);
        visit(value, source);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) visit(isPair(item) ? item.value : item, field);
    } else if (isScalar(node) && node.type === 'PLAIN' && node.tag === undefined) {
      const source = node.source ?? '';
      const other = readAs(field, source, resolveScalar(source));
      if (other !== undefined) tell(node, `${field}: ${source} is read as ${other}, put it in quotes`);
    }
  };
  visit(document.contents, '');
  return found;
}
