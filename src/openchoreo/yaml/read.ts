import { Failure, type FailureType } from '../../failures.ts';
import { compose, type Typed, typedValue, YamlProblem } from './compose.ts';
import { type DocumentRange, splitDocuments } from './documents.ts';

/** One readable document of a file: its place in the text and its value, as JSON would hold it. */
export interface YamlDocument {
  readonly range: DocumentRange;
  /** Which of the file's documents it is, unreadable ones included, from 0. */
  readonly index: number;
  readonly value: unknown;
}

/**
 * All documents of a file as JSON values, read as go-yaml v2 does (YAML 1.1). Integers above 2^53 are rounded.
 * Throws `ManifestInvalid` with the file's name and line for the first document that is unreadable.
 */
export function parseYaml(text: string, name: string): unknown[] {
  return splitDocuments(text).map((range) => readRange(text, range, name));
}

/** Reads one document of a file with integers that a number cannot hold as bigint: to be written again, not for JSON. Throws `ManifestInvalid`. */
export function readExactly(text: string, range: DocumentRange, name: string): unknown {
  return plain(readTyped(text, range, name, 'ManifestInvalid'), (integer) =>
    Number.isSafeInteger(Number(integer)) ? Number(integer) : integer,
  );
}

/** Reads one document of a file. Throws `ManifestInvalid`. */
export function readRange(text: string, range: DocumentRange, name: string): unknown {
  return plain(readTyped(text, range, name, 'ManifestInvalid'), Number);
}

/** The documents of a file that can be read; each of the others is left out with a warning. */
export function readLeniently(
  text: string,
  name: string,
): { readonly documents: readonly YamlDocument[]; readonly warnings: readonly string[] } {
  const documents: YamlDocument[] = [];
  const warnings: string[] = [];
  for (const [index, range] of splitDocuments(text).entries()) {
    try {
      documents.push({ range, index, value: readRange(text, range, name) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      warnings.push(`${error.message}: the document is left out`);
    }
  }
  return { documents, warnings };
}

/** The first document of a file with integers and floats told apart (null where there is none). Throws a `Failure` of that type. */
export function parseTyped(text: string, name: string, type: FailureType): Typed {
  const [first] = splitDocuments(text);
  return first ? readTyped(text, first, name, type) : null;
}

function readTyped(text: string, range: DocumentRange, name: string, type: FailureType): Typed {
  try {
    if (range.problem) throw new YamlProblem(range.problem, text.slice(range.start, range.end).split('\n').length - 1);
    return typedValue(compose(text.slice(range.start, range.end)));
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new Failure(type, `${name}: line ${range.line + error.line}: ${error.message}`);
  }
}

function plain(value: Typed, integer: (value: bigint) => number | bigint): unknown {
  if (typeof value === 'bigint') return integer(value);
  if (Array.isArray(value)) return value.map((item: Typed) => plain(item, integer));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, integer)]));
}
