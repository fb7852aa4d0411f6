import type { Parameter, ParameterFields, ParameterType } from './shorthand.ts';

/** A JSON Schema (draft 2020-12) as a plain value. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of parameters: what has no default is required, and nothing else may stand there. */
export function toJsonSchema(fields: ParameterFields): JsonSchema {
  const required = [...fields].filter(([, parameter]) => isRequired(parameter)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries([...fields].map(([name, parameter]) => [name, parameterSchema(parameter)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** A group of parameters may be left out when each of them may. */
function isRequired(parameter: Parameter): boolean {
  if (parameter.default !== undefined) return false;
  return parameter.type.kind !== 'object' || [...parameter.type.fields.values()].some(isRequired);
}

function parameterSchema(parameter: Parameter): JsonSchema {
  const { exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...others } = parameter.constraints ?? {};
  const { example, ...notes } = parameter.notes ?? {};
  return {
    ...notes,
    ...(example === undefined ? {} : { examples: [example] }),
    ...typeSchema(parameter.type),
    ...(parameter.enum === undefined ? {} : { enum: parameter.enum }),
    ...(minimum === undefined ? {} : { [exclusiveMinimum ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum === undefined ? {} : { [exclusiveMaximum ? 'exclusiveMaximum' : 'maximum']: maximum }),
    ...others,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
  };
}

function typeSchema(type: ParameterType): JsonSchema {
  switch (type.kind) {
    case 'object':
      return toJsonSchema(type.fields);
    case 'array':
      return { type: 'array', items: parameterSchema(type.items) };
    case 'map':
      return { type: 'object', additionalProperties: parameterSchema(type.items) };
    default:
      return { type: type.kind };
  }
}
