import { resolveValue } from './parameters.ts';
import { isPlainObject } from './plain-object.ts';
import { fieldPath, type Problem } from './problem.ts';
import { type FindType, type Parameter, type ParameterFields, parseShorthand } from './shorthand.ts';

/**
 * Reads a schema of parameters: a map whose values are shorthand texts or maps again; `types` holds the reusable ones.
 * What cannot be read is a problem with the field's path, and that field is left out.
 */
export function parseParameterSchema(
  schema: unknown,
  path: string,
  types: unknown = {},
): { readonly fields: ParameterFields; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const findType = typeFinder(types, []);
  return { fields: parseFields(schema ?? {}, path, findType, problems), problems };
}

function parseFields(schema: unknown, path: string, findType: FindType, problems: Problem[]): ParameterFields {
  const fields = new Map<string, Parameter>();
  if (!isPlainObject(schema)) {
    problems.push({ path, message: 'must be a map of parameters' });
    return fields;
  }
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$default') continue;
    const at = fieldPath(path, name);
    try {
      const parameter = parseField(value, at, findType, problems);
      checkDefault(parameter);
      fields.set(name, parameter);
    } catch (error) {
      problems.push({ path: at, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return fields;
}

/** A default that no run could give itself is a mistake in the schema. */
function checkDefault(parameter: Parameter): void {
  if (parameter.default === undefined) return;
  const found: Problem[] = [];
  resolveValue(parameter, parameter.default, 'the default', found);
  const [first] = found;
  if (first !== undefined) throw new Error(`${first.path} ${first.message}`);
}

function parseField(value: unknown, path: string, findType: FindType, problems: Problem[]): Parameter {
  if (typeof value === 'string') return parseShorthand(value, findType);
  if (!isPlainObject(value)) throw new Error('must be a text such as "string | default=x", or a map of parameters');
  const type = { kind: 'object', fields: parseFields(value, path, findType, problems) } as const;
  const standing = value['$default'];
  if (standing === undefined) return { type };
  const object = typeof standing === 'string' ? parseJson(standing) : standing;
  if (!isPlainObject(object)) throw new Error('$default must be a map');
  return { type, default: object };
}

/** `open` are the types being read right now: one that names itself again would never end. */
function typeFinder(types: unknown, open: readonly string[]): FindType {
  return (name) => {
    if (!isPlainObject(types) || !Object.hasOwn(types, name)) return undefined;
    if (open.includes(name)) throw new Error(`type "${name}" contains itself`);
    const problems: Problem[] = [];
    const parameter = parseField(types[name], name, typeFinder(types, [...open, name]), problems);
    const [first] = problems;
    if (first !== undefined) throw new Error(`type ${first.path}: ${first.message}`);
    return parameter;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('$default is not JSON');
  }
}
