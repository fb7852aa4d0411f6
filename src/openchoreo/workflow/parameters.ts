import { brokenConstraint } from './constraints.ts';
import { isPlainObject } from './plain-object.ts';
import { fieldPath, type Problem } from './problem.ts';
import type { Parameter, ParameterFields, ParameterType } from './shorthand.ts';
import { toText } from './to-text.ts';

/**
 * Fills the defaults into a run's parameters, also where their parent is missing, and says all that does not fit by its
 * path. Null counts as absent. What has a problem keeps its value, so that further checks can go on.
 */
export function resolveParameters(
  fields: ParameterFields,
  values: unknown,
  path: string,
): { readonly values: Readonly<Record<string, unknown>>; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const resolved = resolveObject(fields, values, path, problems);
  return { values: isPlainObject(resolved) ? resolved : {}, problems };
}

function resolveObject(fields: ParameterFields, given: unknown, path: string, problems: Problem[]): unknown {
  const values = given ?? {};
  if (!isPlainObject(values)) {
    problems.push({ path, message: `must be a map, not ${kindOf(values)}` });
    return values;
  }
  for (const name of Object.keys(values)) {
    if (fields.has(name)) continue;
    problems.push({
      path: fieldPath(path, name),
      message: `unknown parameter; known here: ${[...fields.keys()].join(', ') || 'none'}`,
    });
  }
  const resolved: [string, unknown][] = [];
  for (const [name, parameter] of fields) {
    const value = resolveValue(
      parameter,
      Object.hasOwn(values, name) ? values[name] : undefined,
      fieldPath(path, name),
      problems,
    );
    if (value !== undefined) resolved.push([name, value]);
  }
  return Object.fromEntries(resolved);
}

/** As `resolveParameters`, for one parameter; null counts as absent here too. */
export function resolveValue(parameter: Parameter, given: unknown, path: string, problems: Problem[]): unknown {
  const value = given ?? parameter.default;
  if (value === undefined && parameter.type.kind !== 'object') {
    problems.push({ path, message: 'is required' });
    return undefined;
  }
  const before = problems.length;
  const resolved = checkType(parameter.type, value, path, problems);
  if (problems.length > before) return resolved;
  if (parameter.enum !== undefined && !parameter.enum.some((one) => toText(one) === toText(resolved))) {
    problems.push({ path, message: `must be one of ${parameter.enum.map(toText).join(', ')}` });
  }
  const broken = brokenConstraint(parameter.constraints ?? {}, resolved);
  if (broken !== undefined) problems.push({ path, message: `must ${broken}` });
  return resolved;
}

function checkType(type: ParameterType, value: unknown, path: string, problems: Problem[]): unknown {
  switch (type.kind) {
    case 'object':
      return resolveObject(type.fields, value, path, problems);
    case 'array':
      if (Array.isArray(value))
        return value.map((item, index) => resolveValue(type.items, item, `${path}[${index}]`, problems));
      break;
    case 'map':
      if (!isPlainObject(value)) break;
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          resolveValue(type.items, item, fieldPath(path, name), problems),
        ]),
      );
    case 'integer':
      if (Number.isSafeInteger(value)) return value;
      break;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    default:
      if (typeof value === type.kind) return value;
  }
  problems.push({ path, message: `must be ${wanted[type.kind]}, not ${kindOf(value)}${hint(type, value)}` });
  return value;
}

const wanted = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  map: 'a map',
} as const;

function hint(type: ParameterType, value: unknown): string {
  if (type.kind === 'string') return ['number', 'boolean'].includes(typeof value) ? ': put it in quotes' : '';
  const quoted = type.kind === 'boolean' ? /^(true|false)$/ : /^-?\d+(\.\d+)?$/;
  if (type.kind === 'integer' && typeof value === 'number')
    return Number.isInteger(value) ? ': beyond 2^53 it loses digits' : ': without decimals';
  const isScalar = ['integer', 'number', 'boolean'].includes(type.kind);
  return isScalar && typeof value === 'string' && quoted.test(value) ? ': take its quotes away' : '';
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
