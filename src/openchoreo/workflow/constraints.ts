import { RE2JS } from 're2js';
import type { ParameterType } from './shorthand.ts';
import { toText } from './to-text.ts';

/** What a parameter's value must satisfy besides its type; the names are those of JSON Schema, as in OpenAPI 3.0. */
export interface Constraints {
  readonly minimum?: number;
  readonly maximum?: number;
  /** With true the minimum itself is too small. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** RE2 syntax, as in OpenChoreo. */
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

type Key = keyof Constraints;

const numeric = ['integer', 'number'];
const fits: Readonly<Record<Key, readonly string[]>> = {
  minimum: numeric,
  maximum: numeric,
  exclusiveMinimum: numeric,
  exclusiveMaximum: numeric,
  multipleOf: numeric,
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  minItems: ['array'],
  maxItems: ['array'],
  uniqueItems: ['array'],
  minProperties: ['map', 'object'],
  maxProperties: ['map', 'object'],
};

/** The names of all constraints that are checked. */
export const constraintNames: readonly string[] = Object.keys(fits);

/** Is this the name of a constraint that is checked? */
export const isConstraint = (key: string): key is Key => Object.hasOwn(fits, key);

/** Reads the text of one constraint. Throws an Error that says what is wrong with it. */
export function parseConstraint(key: Key, text: string, type: ParameterType): Constraints {
  if (!fits[key].includes(type.kind)) throw new Error(`"${key}" does not go with the type ${type.kind}`);
  if (key === 'pattern') {
    compilePattern(text);
    return { pattern: text };
  }
  if (key === 'exclusiveMinimum' || key === 'exclusiveMaximum' || key === 'uniqueItems') {
    const value = parseBoolean(text);
    if (value === undefined) throw new Error(`"${key}" must be true or false`);
    return { [key]: value };
  }
  const value = Number(text);
  const isCount = !numeric.includes(type.kind);
  if (text.trim() === '' || !(isCount ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value)))
    throw new Error(`"${key}" must be a ${isCount ? 'whole number from 0 on' : 'number'}`);
  if (key === 'multipleOf' && value <= 0) throw new Error('"multipleOf" must be more than 0');
  return { [key]: value };
}

const bounds = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
] as const;

/** Throws an Error that names two constraints which no value meets together. */
export function checkBounds(constraints: Constraints): void {
  for (const [least, most] of bounds) {
    if ((constraints[least] ?? -Infinity) > (constraints[most] ?? Infinity))
      throw new Error(`"${least}" is more than "${most}", so no value fits`);
  }
}

/** True or false as Go writes them; undefined for any other text. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

/** What a value of the right type breaks, in words that follow "must"; undefined where it breaks nothing. */
export function brokenConstraint(constraints: Constraints, value: unknown): string | undefined {
  if (typeof value === 'number') return brokenByNumber(constraints, value);
  if (typeof value === 'string') return brokenByText(constraints, value);
  if (Array.isArray(value)) {
    const size = brokenSize(value.length, constraints.minItems, constraints.maxItems, 'item');
    const isRepeated = constraints.uniqueItems && new Set(value.map(toText)).size < value.length;
    return size ?? (isRepeated ? 'not hold the same item twice' : undefined);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return brokenSize(
    Object.keys(value).length,
    constraints.minProperties,
    constraints.maxProperties,
    'entry',
    'entries',
  );
}

function brokenByNumber(constraints: Constraints, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf } = constraints;
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    return exclusiveMinimum ? `be more than ${minimum}` : `be at least ${minimum}`;
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    return exclusiveMaximum ? `be less than ${maximum}` : `be at most ${maximum}`;
  // Divided and not by `%`: 0.3 is a multiple of 0.1 for whoever writes it.
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    return `be a multiple of ${multipleOf}`;
  return undefined;
}

function brokenByText({ minLength, maxLength, pattern }: Constraints, value: string): string | undefined {
  const size = brokenSize([...value].length, minLength, maxLength, 'character');
  if (size !== undefined) return size;
  return pattern !== undefined && !compilePattern(pattern).matcher(value).find()
    ? `match the pattern ${pattern}`
    : undefined;
}

function brokenSize(
  size: number,
  least: number | undefined,
  most: number | undefined,
  one: string,
  many = `${one}s`,
): string | undefined {
  if (least !== undefined && size < least) return `have at least ${least} ${least === 1 ? one : many}`;
  if (most !== undefined && size > most) return `have at most ${most} ${most === 1 ? one : many}`;
  return undefined;
}

/** A pattern in the syntax of RE2. Throws an Error that shows it. */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch {
    throw new Error(`"pattern" is not a regular expression of RE2, which knows no lookahead: ${pattern}`);
  }
}
