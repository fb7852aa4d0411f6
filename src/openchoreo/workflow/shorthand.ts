import {
  type Constraints,
  checkBounds,
  constraintNames,
  isConstraint,
  parseBoolean,
  parseConstraint,
} from './constraints.ts';
import { isPlainObject } from './plain-object.ts';

/** What a parameter may hold. */
export type ParameterType =
  | { readonly kind: 'string' | 'integer' | 'number' | 'boolean' }
  | { readonly kind: 'array' | 'map'; readonly items: Parameter }
  | { readonly kind: 'object'; readonly fields: ParameterFields };

/** A parameter is required exactly when it has no default. */
export interface Parameter {
  readonly type: ParameterType;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly constraints?: Constraints;
  /** For people and forms; decide nothing. */
  readonly notes?: Readonly<Partial<Record<Note, string>>>;
}

const notes = ['title', 'description', 'format', 'example'] as const;
type Note = (typeof notes)[number];
const isNote = (key: string): key is Note => (notes as readonly string[]).includes(key);

export type ParameterFields = ReadonlyMap<string, Parameter>;

/** Gives the parameter that a reusable type of the schema's `types` stands for, or undefined where there is none. */
export type FindType = (name: string) => Parameter | undefined;

const scalars = new Set(['string', 'integer', 'number', 'boolean'] as const);
type Scalar = typeof scalars extends Set<infer Name> ? Name : never;
const isScalar = (name: string): name is Scalar => (scalars as ReadonlySet<string>).has(name);

/** Reads `type | default=… enum=a,b description="…"`. Throws an Error that says what is wrong with the text. */
export function parseShorthand(text: string, findType: FindType): Parameter {
  if (text.trim() === '') throw new Error('is empty; write a type, such as "string | default=x"');
  const bar = text.indexOf('|');
  const base = parseType((bar < 0 ? text : text.slice(0, bar)).trim(), findType);
  const parameter = (bar < 0 ? [] : tokens(text.slice(bar + 1))).reduce(addToken, base);
  checkBounds(parameter.constraints ?? {});
  return parameter;
}

function addToken(parameter: Parameter, token: string): Parameter {
  const equals = token.indexOf('=');
  const key = equals < 0 ? token : token.slice(0, equals);
  const value = token.slice(equals + 1);
  const { type } = parameter;
  if (equals < 0) throw new Error(`"${key}" is not of the form key=value; put texts with blanks in quotes`);
  if (key === 'required')
    throw new Error('"required" is not allowed: a parameter is required exactly when it has no default');
  if (key === 'default') return { ...parameter, default: parseValue(value, type) };
  if (key === 'enum') return { ...parameter, enum: enumMembers(value).map((one) => parseValue(one, type)) };
  if (isConstraint(key)) {
    return { ...parameter, constraints: { ...parameter.constraints, ...parseConstraint(key, unquote(value), type) } };
  }
  if (isNote(key)) return { ...parameter, notes: { ...parameter.notes, [key]: unquote(value) } };
  if (key.startsWith('oc:')) return parameter;
  throw new Error(`"${key}" is not known; known are ${['default', 'enum', ...constraintNames, ...notes].join(', ')}`);
}

function parseType(text: string, findType: FindType): Parameter {
  if (isScalar(text)) return { type: { kind: text } };
  const array = /^\[\](.+)$/.exec(text)?.[1] ?? /^array<(.+)>$/.exec(text)?.[1];
  if (array !== undefined) return { type: { kind: 'array', items: parseType(array.trim(), findType) } };
  const map = /^map\[string\](.+)$/.exec(text)?.[1] ?? /^map<(.+)>$/.exec(text)?.[1];
  const key = /^map\[([^\]]*)\]/.exec(text)?.[1];
  if (map === undefined && key !== undefined && key !== 'string')
    throw new Error(`"${text}": the keys of a map are text, so write map<type>`);
  if (map !== undefined) return { type: { kind: 'map', items: parseType(map.trim(), findType) } };
  if (text === 'object') throw new Error('"object" is not a type: write its fields as a map, or use map<string>');
  const named = findType(text);
  if (named !== undefined) return named;
  if (text.includes('=')) throw new Error(`"${text}": put "|" between the type and what follows`);
  throw new Error(
    `"${text}" is not a type: string, integer, number, boolean, []type, map<type> or one of schema.types`,
  );
}

/** Splits at blanks outside quotes and brackets; a bar that stands alone only decorates. */
function tokens(text: string): string[] {
  const found: string[] = [];
  let token = '';
  let quote = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === '"') token += char + text.charAt(++at);
      else token += char;
      if (char === quote) quote = '';
    } else if (/\s/.test(char) && depth === 0) {
      found.push(token);
      token = '';
    } else {
      if (char === '"' || char === "'") quote = char;
      if (char === '{' || char === '[') depth++;
      if (char === '}' || char === ']') depth--;
      token += char;
    }
  }
  if (quote !== '') throw new Error(`a quote (${quote}) is not closed`);
  return [...found, token].filter((one) => one !== '' && one !== '|');
}

/** All of it may stand in one pair of quotes, or each member in its own. */
function enumMembers(text: string): string[] {
  const inner = /^"(?:\\.|[^"\\])*"$/s.test(text) || /^'[^']*'$/s.test(text) ? unquote(text) : text;
  const members = inner.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g);
  if (members === null) throw new Error('"enum" must have at least one choice');
  return members.map((member) => member.trim());
}

function parseValue(text: string, type: ParameterType): unknown {
  const plain = unquote(text);
  switch (type.kind) {
    case 'string':
      return plain;
    case 'integer':
    case 'number': {
      const isWritten = type.kind === 'integer' ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
      const value = Number(plain);
      const fits = type.kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
      if (!isWritten.test(plain) || !fits) throw new Error(`"${plain}" is not of type ${type.kind}`);
      return value;
    }
    case 'boolean': {
      const value = parseBoolean(plain);
      if (value === undefined) throw new Error(`"${plain}" is not of type boolean`);
      return value;
    }
    case 'array':
      return plain.trim() === '' ? [] : parseJson(plain, true);
    default:
      return plain.trim() === '' ? {} : parseJson(plain, false);
  }
}

function parseJson(text: string, wantsList: boolean): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`"${text}" is not JSON`);
  }
  if (wantsList ? !Array.isArray(value) : !isPlainObject(value))
    throw new Error(`"${text}" is not a ${wantsList ? 'list' : 'map'}`);
  return value;
}

function unquote(text: string): string {
  if (/^".*"$/s.test(text)) {
    try {
      return String(JSON.parse(text));
    } catch {
      throw new Error(`${text} holds an escape that is not known`);
    }
  }
  return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text;
}
