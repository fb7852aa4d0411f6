import { checkExpression } from './expression.ts';
import { isPlainObject } from './plain-object.ts';
import { fieldPath, type Problem } from './problem.ts';
import { expressionPaths, expressionsOf } from './render.ts';
import type { Parameter, ParameterFields } from './shorthand.ts';

/** What a template may name: for each first part the parameters below it, or undefined where anything goes. */
export type KnownNames = Readonly<Record<string, ParameterFields | undefined>>;

/** All that is wrong with a template whatever a run's values are: syntax, functions, names that the schema does not have. */
export function checkTemplate(template: unknown, known: KnownNames, path: string): readonly Problem[] {
  if (typeof template === 'string') return checkText(template, known, path);
  if (Array.isArray(template)) return template.flatMap((item, at) => checkTemplate(item, known, `${path}[${at}]`));
  if (!isPlainObject(template)) return [];
  return Object.entries(template).flatMap(([name, value]) => {
    const at = fieldPath(path, name);
    return [...checkText(name, known, at), ...checkTemplate(value, known, at)];
  });
}

function checkText(text: string, known: KnownNames, path: string): readonly Problem[] {
  const bodies = expressionsOf(text);
  if (bodies.length === 0) return [];
  const broken = bodies.flatMap((body) => {
    try {
      checkExpression(body);
      return [];
    } catch (error) {
      return [{ path, message: error instanceof Error ? error.message : String(error) }];
    }
  });
  if (broken.length > 0) return broken;
  // With `has()` or `.?` a name may be missing on purpose.
  if (bodies.some((body) => /\bhas\(|\.\?|\[\?/.test(body))) return [];
  return expressionPaths(text)
    .filter((name) => !isKnown(name.split('.'), known))
    .map((name) => ({ path, message: `${name} does not exist${hint(name, known)}` }));
}

/** What there is instead, as far as the path leads. */
function hint(name: string, known: KnownNames): string {
  const parts = name.split('.');
  const at = parts.findIndex((_, index) => !isKnown(parts.slice(0, index + 1), known));
  const parent = parts.slice(0, at);
  const names = [...(namesBelow(parent, known) ?? [])];
  const where = parent.length > 0 ? ` below ${parent.join('.')}` : '';
  return names.length === 0 ? `; nothing is${where}` : `; known${where}: ${names.join(', ')}`;
}

function namesBelow([first, ...rest]: readonly string[], known: KnownNames): Iterable<string> | undefined {
  if (first === undefined) return Object.keys(known);
  let fields = known[first];
  for (const name of rest) {
    const parameter = fields?.get(name);
    fields = parameter && fieldsOf(parameter);
  }
  return fields?.keys();
}

function isKnown([first = '', ...rest]: readonly string[], known: KnownNames): boolean {
  if (!Object.hasOwn(known, first)) return false;
  let fields = known[first];
  for (const name of rest) {
    if (fields === undefined) return true;
    const parameter = fields.get(name);
    if (parameter === undefined) return false;
    fields = fieldsOf(parameter);
  }
  return true;
}

/** Undefined where any name goes. */
function fieldsOf({ type }: Parameter): ParameterFields | undefined {
  if (type.kind === 'object') return type.fields;
  return type.kind === 'map' || type.kind === 'array' ? undefined : new Map();
}
