import { isCollection, isMap, isPair, isScalar, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { isMapping } from './compose.ts';
import { compareKeys } from './key-order.ts';
import { writeYaml } from './write.ts';

/** A stretch of a text, and what comes in its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** True where comments of a value that stays, in another form, go. */
  readonly losesComments?: boolean;
}

/** The text with all splices done, which do not overlap; of those at one place the first comes first. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const fromTheEnd = splices.toReversed().toSorted((left, right) => right.start - left.start);
  return fromTheEnd.reduce((result, one) => result.slice(0, one.start) + one.text + result.slice(one.end), text);
}

/**
 * The splices that give a node another value and leave alone all that is the same in both, or undefined where it cannot be changed in
 * place. Whoever does them reads the result again: what anchors, tags and merges bring is not looked at.
 */
export function splicesFor(
  text: string,
  node: unknown,
  current: unknown,
  wanted: unknown,
): readonly Splice[] | undefined {
  if (isSame(current, wanted)) return [];
  if (isCollection(node)) return collectionSplices(text, node as YAMLMap | YAMLSeq, current, wanted);
  if (!isScalar(node) || !node.range || node.type?.startsWith('BLOCK')) return undefined;
  const [start, end] = node.range;
  if (start === end || (typeof wanted === 'object' && wanted !== null)) return undefined;
  const isQuoted = node.type === 'QUOTE_DOUBLE' && typeof wanted === 'string';
  const written = isQuoted ? JSON.stringify(wanted) : writeYaml(wanted).trimEnd();
  return written.includes('\n') ? undefined : [{ start, end, text: written }];
}

/** An entry of a mapping or an item of a list, and where it stands: to the end of its last line. */
interface Part {
  readonly id: string;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

function collectionSplices(text: string, node: YAMLMap | YAMLSeq, current: unknown, wanted: unknown) {
  const before = valuesOf(current, wanted);
  const after = valuesOf(wanted, current);
  const parts = before && partsOf(text, node, [...before.keys()]);
  const [first] = parts ?? [];
  if (!before || !after || !parts || !first || after.size === 0 || isMap(node) !== isMapping(wanted)) return undefined;
  if (!isMap(node) && !isSameOrder([...before.keys()], [...after.keys()])) return undefined;
  const column = first.start - lineStart(text, first.start);
  const write = (id: string): string => {
    const lines = writeYaml(isMap(node) ? { [id]: after.get(id) } : [after.get(id)]).split('\n');
    return lines
      .map((line) => (line === '' ? '' : ' '.repeat(column) + line))
      .join(text.includes('\r\n') ? '\r\n' : '\n');
  };

  const splices: Splice[] = [];
  let previous: Part | undefined;
  for (const id of after.keys()) {
    const part = parts.findLast((one) => one.id === id);
    if (before.has(id) && isSame(before.get(id), after.get(id))) {
      previous = part ?? previous;
    } else if (part) {
      const inside = splicesFor(text, part.value, before.get(id), after.get(id));
      if (!inside && node.flow) return undefined;
      const whole = { start: part.start, end: part.end, text: write(id).trimStart() };
      splices.push(...(inside ?? [{ ...whole, losesComments: holdsComment(part.value) }]));
      previous = part;
    } else if (node.flow || before.has(id)) {
      return undefined;
    } else {
      splices.push(insertion(text, previous, first, write(id)));
    }
  }
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const gone = parts.filter(({ id }) => removed.includes(id));
  if (removed.some((id) => !gone.some((part) => part.id === id))) return undefined;
  if (gone.some(({ start }) => node.flow || !beginsLine(text, start))) return undefined;
  return [...splices, ...gone.map(({ start, end }) => ({ start: lineStart(text, start), end, text: '' }))];
}

function insertion(text: string, previous: Part | undefined, first: Part, written: string): Splice {
  if (!previous && beginsLine(text, first.start)) {
    const start = lineStart(text, first.start);
    const at = aboveComments(text, start, first.start - start);
    return { start: at, end: at, text: written };
  }
  const at = (previous ?? first).end;
  const begins = at === 0 || text[at - 1] === '\n';
  return { start: at, end: at, text: begins ? written : `\n${written.trimEnd()}` };
}

/** Comments right above an entry, as deep as it is, are about it. */
function aboveComments(text: string, line: number, column: number): number {
  const comment = `${' '.repeat(column)}#`;
  let start = line;
  while (start > 0 && text.startsWith(comment, lineStart(text, start - 1))) start = lineStart(text, start - 1);
  return start;
}

function partsOf(text: string, node: YAMLMap | YAMLSeq, ids: readonly string[]): readonly Part[] | undefined {
  const parts = node.items.map((item: unknown, index): Part | undefined => {
    const isEntry = isPair(item);
    const head = (isEntry ? item.key : item) as Node | null;
    const value = isEntry ? item.value : item;
    if (!head?.range || (isEntry && !isScalar(head))) return undefined;
    const start = isEntry || node.flow ? head.range[0] : text.lastIndexOf('-', head.range[0] - 1);
    const end = lineEnd(text, Math.max(head.range[1], contentEnd(value)));
    return { id: isScalar(head) && isEntry ? (head.source ?? '') : (ids[index] ?? ''), value, start, end };
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** What a collection holds, by key, or by what tells items of a list apart from each other; undefined where that is not clear. */
function valuesOf(value: unknown, other: unknown): ReadonlyMap<string, unknown> | undefined {
  if (isMapping(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return new Map(entries.toSorted(([left], [right]) => compareKeys(left, right)));
  }
  if (!Array.isArray(value)) return undefined;
  const isByPlace = Array.isArray(other) && other.length === value.length && !value.some(nameOf);
  const items = new Map(
    value.map((item: unknown, index) => [isByPlace ? String(index) : writeYaml(nameOf(item) ?? item), item]),
  );
  return items.size === value.length ? items : undefined;
}

function nameOf(item: unknown): unknown {
  return isMapping(item) ? (item['key'] ?? item['name'] ?? item['id']) : undefined;
}

function isSameOrder(left: readonly string[], right: readonly string[]): boolean {
  const common = left.filter((id) => right.includes(id));
  return right.filter((id) => left.includes(id)).every((id, index) => id === common[index]);
}

function isSame(left: unknown, right: unknown): boolean {
  return writeYaml(left) === writeYaml(right);
}

/** Where the last text of a node ends. */
function contentEnd(node: unknown): number {
  if (isPair(node)) return Math.max(contentEnd(node.key), contentEnd(node.value));
  if (isCollection(node) && !node.flow) return Math.max(0, ...node.items.map(contentEnd));
  return (node as Node | null)?.range?.[1] ?? 0;
}

function holdsComment(node: unknown): boolean {
  if (isPair(node)) return holdsComment(node.key) || holdsComment(node.value);
  const { comment, commentBefore } = (node ?? {}) as Partial<Node>;
  return Boolean(comment || commentBefore) || (isCollection(node) && node.items.some(holdsComment));
}

function beginsLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).trim() === '';
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** After the line that ends, or goes on, at this place. */
function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
