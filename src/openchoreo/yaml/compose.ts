import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar as ScalarNode,
} from 'yaml';
import { resolveScalar, type Scalar } from './scalar.ts';

/** A document's value before integers (bigint) and floats (number) become the same. */
export type Typed = Scalar | readonly Typed[] | { readonly [key: string]: Typed };

/** A parsed document with its positions; `line` counts from 0 within the text. Throws `YamlProblem`. */
export interface Composed {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Why a document cannot be read, and in which of its lines (from 0). */
export class YamlProblem extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** More values than any manifest holds; reached only by aliases that multiply themselves. */
const maximumValues = 1_000_000;

/** Parses the first document of a text into nodes. Throws `YamlProblem`. */
export function compose(text: string): Composed {
  const lines = new LineCounter();
  const options = {
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  } as const;
  const documents = parseAllDocuments(text, options);
  const document = 'empty' in documents ? undefined : documents[0];
  if (!document) throw new YamlProblem('the document is empty', 0);
  const [error] = document.errors;
  if (error) throw new YamlProblem(error.message, lines.linePos(error.pos[0]).line - 1);
  return { document, lines };
}

/** The value of a parsed document by the rules of go-yaml v2: aliases and merges resolved, keys as text, the last of equal keys wins. */
export function typedValue({ document, lines }: Composed): Typed {
  const anchors = new Map<string, { readonly value: Typed; readonly size: number }>();
  let size = 0;

  const fail = (message: string, node: Node | null): never => {
    throw new YamlProblem(message, lines.linePos(node?.range?.[0] ?? 0).line - 1);
  };

  const grow = (by: number, node: Node) => {
    size += by;
    if (size > maximumValues) fail('the aliases of the document multiply to too many values', node);
  };

  const read = (node: Node | null): Typed => {
    if (node === null) return null;
    if (isAlias(node)) {
      const anchor = anchors.get(node.source) ?? fail(`unknown anchor "${node.source}"`, node);
      grow(anchor.size, node);
      return anchor.value;
    }
    const before = size;
    grow(1, node);
    const value = isScalar(node)
      ? scalar(node)
      : isSeq(node)
        ? node.items.map((item) => read(item as Node))
        : mapping(node);
    if ('anchor' in node && node.anchor) anchors.set(node.anchor, { value, size: size - before });
    return value;
  };

  const scalar = (node: ScalarNode): Scalar => {
    const text = node.source ?? '';
    const value = taggedScalar(text, node);
    if (typeof value === 'number' && !Number.isFinite(value)) fail(`"${text}" cannot be represented`, node);
    return value;
  };

  const mapping = (node: Node): Typed => {
    if (!isMap(node)) return fail('unexpected content', node);
    const entries = new Map<string, Typed>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
        for (const source of mergeSources(read(pair.value as Node | null), key))
          for (const [name, value] of Object.entries(source)) entries.set(name, value);
      } else {
        entries.set(keyText(key), read(pair.value as Node | null));
      }
    }
    return Object.fromEntries(entries);
  };

  const mergeSources = (value: Typed, node: Node): { readonly [key: string]: Typed }[] =>
    // Of several sources the first has the last word.
    (Array.isArray(value) ? value.toReversed() : [value]).map((source) =>
      isMapping(source) ? source : fail('"<<" needs a mapping', node),
    );

  const keyText = (node: Node | null): string => {
    const key = read(node);
    if (key === null) return fail('a key is null', node);
    if (typeof key === 'object') return fail('a key is a list or mapping; is a value missing its quotes?', node);
    return String(key);
  };

  return read(document.contents);
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
