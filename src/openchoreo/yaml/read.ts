import { Failure, type FailureType } from '../../failures.ts';
import type { Warning } from '../warning.ts';
import { type Composed, compose, type Typed, typedValue } from './compose.ts';
import { type DocumentRange, splitDocuments } from './documents.ts';
import { lineAt } from './line-at.ts';
import { YamlProblem } from './problem.ts';
import { nameReadAs, surprises } from './surprises.ts';

/** One readable document of a file: its place in the text and its value, as JSON would hold it. */
export interface YamlDocument {
  readonly range: DocumentRange;
  /** Which of the file's documents it is, unreadable ones included, from 0. */
  readonly index: number;
  readonly value: unknown;
}

/** Why a document of a file is left out. */
export interface UnreadableDocument extends Warning {
  readonly range: DocumentRange;
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
  return exact(readTyped(text, range, name, 'ManifestInvalid'));
}

/** A document that was read exactly, and what a person should know of it. */
export interface ReadDocument {
  readonly value: unknown;
  /** The line (from 1) of a field, or of what should hold it. */
  lineOf(path: readonly PropertyKey[]): number;
  readonly warnings: readonly Warning[];
}

/** Reads one document of a file as `readExactly` does, and looks for what reads differently from how it looks. Throws `ManifestInvalid`. */
export function readDocument(text: string, range: DocumentRange, name: string): ReadDocument {
  return placed(name, range, 'ManifestInvalid', () => {
    const composed = composeRange(text, range);
    return {
      value: exact(typedValue(composed)),
      lineOf: (path) => lineAt(text, range, path, composed),
      warnings: surprises(composed, nameReadAs).map((one) => ({
        file: name,
        line: range.line + one.line,
        text: one.text,
      })),
    };
  });
}

/** Reads one document of a file. Throws `ManifestInvalid`. */
export function readRange(text: string, range: DocumentRange, name: string): unknown {
  return plain(readTyped(text, range, name, 'ManifestInvalid'), Number);
}

/** The documents of a file that can be read; each of the others is left out with a warning. */
export function readLeniently(
  text: string,
  name: string,
): { readonly documents: readonly YamlDocument[]; readonly unreadable: readonly UnreadableDocument[] } {
  const documents: YamlDocument[] = [];
  const unreadable: UnreadableDocument[] = [];
  for (const [index, range] of splitDocuments(text).entries()) {
    try {
      documents.push({ range, index, value: plain(typedValue(composeRange(text, range)), Number) });
    } catch (error) {
      if (!(error instanceof YamlProblem)) throw error;
      unreadable.push({ range, file: name, ...whyUnreadable(text, range, error) });
    }
  }
  return { documents, unreadable };
}

function whyUnreadable(text: string, { start, end, line }: DocumentRange, error: YamlProblem) {
  const template = text.slice(start, end).indexOf('{{');
  return template === -1
    ? { line: line + error.line, text: `${error.message}: the document is left out` }
    : {
        line: line + text.slice(start, start + template).split('\n').length - 1,
        text: 'templates ({{ … }}) are not read: the document is left out',
      };
}

/** The first document of a file with integers and floats told apart (null where there is none). Throws a `Failure` of that type. */
export function parseTyped(text: string, name: string, type: FailureType): Typed {
  const [first] = splitDocuments(text);
  return first ? readTyped(text, first, name, type) : null;
}

function readTyped(text: string, range: DocumentRange, name: string, type: FailureType): Typed {
  return placed(name, range, type, () => typedValue(composeRange(text, range)));
}

function placed<Result>(name: string, range: DocumentRange, type: FailureType, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new Failure(type, `${name}: line ${range.line + error.line}: ${error.message}`);
  }
}

/** Throws `YamlProblem`. */
function composeRange(text: string, range: DocumentRange): Composed {
  const content = text.slice(range.start, range.end);
  if (range.problem) throw new YamlProblem(range.problem, content.split('\n').length - 1);
  return compose(content);
}

function exact(value: Typed): unknown {
  return plain(value, (integer) => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer));
}

function plain(value: Typed, integer: (value: bigint) => number | bigint): unknown {
  if (typeof value === 'bigint') return integer(value);
  if (Array.isArray(value)) return value.map((item: Typed) => plain(item, integer));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, integer)]));
}
