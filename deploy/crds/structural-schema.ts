import { z } from 'zod';

/** A schema as a CustomResourceDefinition takes it. */
export type StructuralSchema = Readonly<Record<string, unknown>>;

/**
 * A zod schema in the form of a CustomResourceDefinition: types at every level, null as `nullable`, no unknown fields but in maps
 * that are their author's. Throws for what has no such form.
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return convert(json);
}

/** What means the same in both forms. */
const kept = /^(type|description|enum|format|minLength|required|x-kubernetes-.*)$/;

function convert(json: unknown): StructuralSchema {
  const given = Json.parse(json);
  const { type, anyOf, properties, items, additionalProperties, pattern, format } = given;
  const isNullable = { nullable: true, ...(given.description !== undefined && { description: given.description }) };
  const choices = anyOf ?? (Array.isArray(type) ? type.map((one) => ({ ...given, type: one })) : undefined);
  if (choices !== undefined) {
    const [one, ...more] = choices.filter((choice) => Json.parse(choice).type !== 'null');
    if (more.length > 0) throw new Error(`a choice of types has no structural form: ${JSON.stringify(json)}`);
    return { ...convert(one), ...isNullable };
  }
  const plain = Object.fromEntries(Object.entries(given).filter(([key]) => kept.test(key)));
  // Of a format's pattern the API server knows more than we do.
  const own = { ...plain, ...(pattern !== undefined && format === undefined && { pattern }) };
  if (type === 'object' && properties !== undefined) {
    const converted = Object.entries(properties).map(([name, one]) => [name, convert(one)]);
    return { ...own, properties: Object.fromEntries(converted) };
  }
  if (type === 'object') {
    const isFree = Object.keys(additionalProperties ?? {}).length === 0;
    return {
      ...own,
      ...(isFree
        ? { 'x-kubernetes-preserve-unknown-fields': true }
        : { additionalProperties: convert(additionalProperties) }),
    };
  }
  if (type === 'array') return { ...own, items: convert(items) };
  if (type === undefined) throw new Error(`a schema without type has no structural form: ${JSON.stringify(json)}`);
  return own;
}

const Json = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.record(z.string(), z.unknown()).optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
});
