import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Scalar as ScalarNode,
} from 'yaml';
import { maximumDepth, maximumExpansion } from './limits.ts';
import { parseDocument } from './parse.ts';
import { YamlProblem } from './problem.ts';
import { resolveScalar, type Scalar } from './scalar.ts';

/** A document's value before integers (bigint) and floats (number) become the same. */
export type Typed = Scalar | readonly Typed[] | { readonly [key: string]: Typed };

/** A parsed document with its positions; `line` counts from 0 within the text. Throws `YamlProblem`. */
export interface Composed {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Parses the first document of a text into nodes. Throws `YamlProblem`. */
export function compose(text: string): Composed {
  const lines = new LineCounter();
  return { document: parseDocument(text, lines), lines };
}

/** The value of a parsed document by the rules of go-yaml v2: aliases and merges resolved, keys as text, the last of equal keys wins. */
export function typedValue({ document, lines }: Composed): Typed {
  const anchors = new Map<string, { readonly value: Typed; readonly size: number; readonly height: number }>();
  let size = 0;
  let deepest = 0;

  const fail = (message: string, node: Node | null): never => {
    throw new YamlProblem(message, lines.linePos(node?.range?.[0] ?? 0).line - 1);
  };

  const grow = (by: number, depth: number, node: Node) => {
    size += by;
    deepest = Math.max(deepest, depth);
    if (size > maximumExpansion || deepest > maximumDepth)
      fail('the aliases of the document multiply into too much; write out what they stand for', node);
  };

  const read = (node: Node | null, depth: number): Typed => {
    if (node === null) return null;
    if (isAlias(node)) {
      const anchor = anchors.get(node.source) ?? fail(`unknown anchor "${node.source}"`, node);
      grow(anchor.size, depth + anchor.height, node);
      return anchor.value;
    }
    const before = { size, deepest };
    deepest = depth;
    grow(weight(node), depth, node);
    const value = isScalar(node)
      ? scalar(node)
      : isSeq(node)
        ? node.items.map((item) => read(item as Node, depth + 1))
        : mapping(node, depth + 1);
    if ('anchor' in node && node.anchor)
      anchors.set(node.anchor, { value, size: size - before.size, height: deepest - depth });
    deepest = Math.max(deepest, before.deepest);
    return value;
  };

  const scalar = (node: ScalarNode): Scalar => {
    const text = node.source ?? '';
    // Half of a surrogate pair, written as an escape, is no character of any file.
    if (!text.isWellFormed()) fail('an escape in a text stands for no character', node);
    const value = taggedScalar(text, node);
    if (typeof value === 'number' && !Number.isFinite(value)) fail(`"${text}" cannot be represented`, node);
    return value;
  };

  const mapping = (node: Node, depth: number): Typed => {
    if (!isMap(node)) return fail('unexpected content', node);
    const entries = new Map<string, Typed>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
        for (const source of mergeSources(read(pair.value as Node | null, depth), key))
          for (const [name, value] of Object.entries(source)) entries.set(name, value);
      } else {
        entries.set(keyText(key, depth), read(pair.value as Node | null, depth));
      }
    }
    return Object.fromEntries(entries);
  };

  const mergeSources = (value: Typed, node: Node): { readonly [key: string]: Typed }[] =>
    // Of several sources the first has the last word.
    (Array.isArray(value) ? value.toReversed() : [value]).map((source) =>
      isMapping(source) ? source : fail('"<<" needs a mapping', node),
    );

  const keyText = (node: Node | null, depth: number): string => {
    const key = read(node, depth);
    if (key === null) return fail('a key is null', node);
    if (typeof key === 'object') return fail('a key is a list or mapping; is a value missing its quotes?', node);
    return String(key);
  };

  return read(document.contents, 0);
}

/** What a value adds to a document's size. */
function weight(node: Node): number {
  return 8 + (isScalar(node) ? (node.source?.length ?? 0) : 0);
}

function taggedScalar(text: string, node: ScalarNode): Scalar {
  switch (node.tag) {
    case undefined:
      return node.type === 'PLAIN' ? resolveScalar(text) : text;
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:null':
      return resolveScalar(text);
    case 'tag:yaml.org,2002:binary':
      return Buffer.from(text, 'base64').toString();
    default:
      return text;
  }
}

/** True for a mapping: neither null nor a list. */
export function isMapping<Value>(value: Value): value is Value & { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
