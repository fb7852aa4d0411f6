import { createHash } from 'node:crypto';
import { Environment } from '@marcbachmann/cel-js';
import { isPlainObject } from './plain-object.ts';
import type { TemplateScope } from './render.ts';

/** What `oc_omit()` gives: the field, entry or element that holds it is left out. */
export const omitted = Symbol('omitted');

const variables = ['metadata', 'systemParameters', 'parameters', 'secretRef'];
const maxArguments = 8;
const limits = { maxAstNodes: 5000, maxDepth: 100, maxListElements: 1000, maxMapEntries: 1000 };

/**
 * The value of a CEL expression, with numbers, texts, lists and maps as JSON has them, or `omitted`. Throws an Error with a
 * one-line message, also for functions that exist in OpenChoreo and not here.
 */
export function evaluateExpression(body: string, scope: TemplateScope): unknown {
  return inWords(body, () => fromCel(environment().evaluate(body, toCel(scope) as Record<string, unknown>)));
}

/** Throws as `evaluateExpression` does for what no run's values can make right: syntax, names, functions, types. */
export function checkExpression(body: string): void {
  inWords(body, () => {
    const { valid, error } = environment().check(body);
    if (!valid) throw error ?? new Error('is not valid');
  });
}

function inWords<Value>(body: string, act: () => Value): Value {
  try {
    return act();
  } catch (cause) {
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    const missing = /^(?:found no matching overload for '(?:[\w<>, ]+\.)?(\w+)\(|Unknown variable: (\w+)$)/.exec(line);
    const hint = missing ? unsupported(missing[1] ?? missing[2] ?? '', body) : '';
    throw new Error(`\${${body}}: ${line}${hint}`, { cause });
  }
}

/** Functions of OpenChoreo's CEL that the library here lacks, and others' namespaces. */
const notHere =
  /^(?:math|base64|lists|sets|transformList|transformMap|transformMapEntry|format|charAt|reverse|sort|flatten|distinct|slice)$/;

function unsupported(name: string, body: string): string {
  if (notHere.test(name) || /\.(?:transform(?:List|Map|MapEntry))\(/.test(body))
    return ` (this function of OpenChoreo is not offered by Slipway; write it otherwise, or give the value as a parameter)`;
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
  made.registerFunction('string.replace(string, string): string', (text: string, old: string, by: string) =>
    text.replaceAll(old, () => by),
  );
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
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, entry]) => [String(name), fromCel(entry)]));
  if (!isPlainObject(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    throw new Error('the result is no text, number, list or map');
  }
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, fromCel(entry)]));
}
