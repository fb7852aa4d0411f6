import { createHash } from 'node:crypto';
import { Environment } from '@marcbachmann/cel-js';
import { registerExtensions, safeMatches } from './extensions.ts';
import { isPlainObject } from './plain-object.ts';
import type { TemplateScope } from './render.ts';

class Omitted {}

/** What `oc_omit()` gives: the field, entry or element that holds it is left out. */
export const omitted: object = new Omitted();

const variables = ['metadata', 'systemParameters', 'parameters', 'secretRef'];
const maxArguments = 8;
const limits = { maxAstNodes: 5000, maxDepth: 100, maxListElements: 1000, maxMapEntries: 1000 };

/**
 * The value of a CEL expression, with numbers, texts, lists and maps as JSON has them, or `omitted`. Throws an Error with a
 * one-line message, also for functions that exist in OpenChoreo and not here.
 */
export function evaluateExpression(body: string, scope: TemplateScope): unknown {
  return inWords(body, () =>
    fromCel(environment().evaluate(withSafePatterns(body), toCel(scope) as Record<string, unknown>)),
  );
}

/** Throws as `evaluateExpression` does for what no run's values can make right: syntax, names, functions, types. */
export function checkExpression(body: string): void {
  inWords(body, () => {
    const { valid, error } = environment().check(withSafePatterns(body));
    if (!valid) throw error ?? new Error('is not valid');
  });
}

/** The library's own `matches` lets a pattern keep the process busy for hours, and cannot be replaced under its name. */
function withSafePatterns(body: string): string {
  const texts = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\.\s*matches\s*\(/g;
  return body.replace(texts, (_all, quoted?: string) => quoted ?? `.${safeMatches}(`);
}

function inWords<Value>(body: string, act: () => Value): Value {
  try {
    return act();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const [line = ''] = text.replaceAll(safeMatches, 'matches').split('\n');
    throw new Error(`\${${body}}: ${line}${hint(line, body)}`, { cause });
  }
}

/** Functions and macros of OpenChoreo's CEL that are not offered here. */
const notHere =
  /^(?:transformList|transformMap|transformMapEntry|sortBy|format|strings|bit\w+|sign|sqrt|isNaN|isInf|isFinite)$/;
const macros =
  /\.(?:transform(?:List|Map|MapEntry)|all|exists|exists_?one)\(\s*\w+\s*,\s*\w+\s*,|\.(?:sortBy|optMap|optFlatMap)\(/i;

function hint(line: string, body: string): string {
  const [, overload, variable] =
    /^(?:found no matching overload for '(?:[\w<>, ]+\.)?(\w+)\(|Unknown variable: (\w+)$)/.exec(line) ?? [];
  const name = overload ?? variable;
  if (name === undefined) return '';
  if (notHere.test(name) || macros.test(body))
    return ' (this function of OpenChoreo is not offered by Slipway; write it otherwise, or give the value as a parameter)';
  if (overload !== undefined) return ' (no such function for values of these types)';
  return variables.includes(name) ? '' : ` (known names: ${variables.join(', ')})`;
}

let shared: Environment | undefined;

/** Made once: registering costs more than evaluating. */
function environment(): Environment {
  shared ??= newEnvironment();
  return shared;
}

function newEnvironment(): Environment {
  const made = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  for (const name of variables) made.registerVariable(name, 'dyn');
  registerExtensions(made);
  made.registerType('omitted', Omitted);
  made.registerFunction('oc_omit(): dyn', () => omitted);
  made.registerFunction('oc_hash(string): string', shortHash);
  for (let count = 1; count <= maxArguments; count++) {
    const some = (type: string): string => Array(count).fill(type).join(', ');
    made.registerFunction(`oc_generate_name(${some('dyn')}): string`, (...parts: unknown[]) => generateName(parts));
    if (count > 1) made.registerFunction(`oc_merge(${some('dyn')}): dyn`, (...maps: unknown[]) => mergeMaps(maps));
  }
  return made;
}

/** FNV-1a over 32 bits in 8 hex. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** Parts joined by `-` as a DNS name of at most 253 characters, with 8 hex that tell it from others of the same look. */
function generateName(parts: readonly unknown[]): string {
  const text = parts.map(String).join('-');
  const suffix = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const safe = text.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const base = safe.slice(0, 244).replace(/^-+|-+$/g, '');
  return base === '' ? suffix : `${base}-${suffix}`;
}

function mergeMaps(maps: readonly unknown[]): unknown {
  if (!maps.every((map) => isPlainObject(map) || map instanceof Map)) throw new Error('oc_merge takes maps only');
  return Object.fromEntries(maps.flatMap((map) => (map instanceof Map ? [...map] : Object.entries(map ?? {}))));
}

/** CEL tells whole numbers from others, JSON does not: a whole number is an int. */
function toCel(value: unknown): unknown {
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  if (Array.isArray(value)) return value.map(toCel);
  return isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, toCel(entry)]))
    : value;
}

function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Date) return value.toISOString();
  if (value === omitted) return omitted;
  if (Array.isArray(value)) return value.filter((item) => item !== omitted).map(fromCel);
  if (value instanceof Map) return fromEntries([...value]);
  if (!isPlainObject(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    throw new Error('the result is no text, number, list or map');
  }
  return fromEntries(Object.entries(value));
}

function fromEntries(
  entries: readonly (readonly [name: unknown, value: unknown])[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    entries.filter(([, value]) => value !== omitted).map(([name, value]) => [String(name), fromCel(value)]),
  );
}
