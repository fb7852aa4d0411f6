import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { type Composed, compose } from './compose.ts';
import type { DocumentRange } from './documents.ts';

/**
 * The line of a file (from 1) where a field of one of its documents is written; where it is not, that of what should hold it. An
 * item of a list goes by its number or, as in Kubernetes, by its `name`. Throws `YamlProblem`.
 */
export function lineAt(
  text: string,
  range: DocumentRange,
  path: readonly PropertyKey[],
  { document, lines }: Composed = compose(text.slice(range.start, range.end)),
): number {
  const offset = offsetOf(document.contents, path);
  return offset === undefined ? firstLine(text, range) : range.line + lines.linePos(offset).line - 1;
}

/** The line of a file (from 1) where one of its documents begins, after comments and blank lines. */
export function firstLine(text: string, { start, end, line }: DocumentRange): number {
  const lines = text.slice(start, end).split('\n');
  return (
    line +
    Math.max(
      0,
      lines.findIndex((one) => /^\s*[^\s#]/.test(one)),
    )
  );
}

function offsetOf(node: unknown, [field, ...rest]: readonly PropertyKey[]): number | undefined {
  if (isMap(node)) {
    const pair = node.items.findLast(({ key }) => isScalar(key) && key.source === String(field));
    return pair && (offsetOf(pair.value, rest) ?? (pair.key as Node).range?.[0]);
  }
  const item = isSeq(node) ? (node.items[Number(field)] ?? node.items.find(isNamed(field))) : undefined;
  return item === undefined ? undefined : (offsetOf(item, rest) ?? (item as Node).range?.[0]);
}

const isNamed =
  (name: PropertyKey | undefined) =>
  (item: unknown): boolean =>
    name !== undefined && isMap(item) && item.get('name') === name;
