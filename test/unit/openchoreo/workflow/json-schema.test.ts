import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../../../src/openchoreo/workflow/json-schema.ts';
import { parseParameterSchema } from '../../../../src/openchoreo/workflow/parameter-schema.ts';

describe('toJsonSchema', () => {
  it('says what a run may give, with types, defaults, constraints and notes', () => {
    const types = { Port: 'integer | minimum=1 default=80' };
    const { fields, problems } = parseParameterSchema(
      {
        name: 'string | minLength=1 description="Who" example=greeter',
        size: 'string | enum=small,large default=small',
        ratio: 'number | minimum=0 exclusiveMinimum=true maximum=1 default=0.5',
        ports: '[]Port | default=[]',
        labels: 'map<string> | maxProperties=3 default={}',
        nested: { port: 'Port' },
        strict: { must: 'boolean' },
      },
      'schema',
      types,
    );

    expect(problems).toEqual([]);
    expect(toJsonSchema(fields)).toEqual({
      type: 'object',
      required: ['name', 'strict'],
      additionalProperties: false,
      properties: {
        name: { type: 'string', description: 'Who', examples: ['greeter'], minLength: 1 },
        size: { type: 'string', enum: ['small', 'large'], default: 'small' },
        ratio: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.5 },
        ports: { type: 'array', items: { type: 'integer', minimum: 1, default: 80 }, default: [] },
        labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 3, default: {} },
        nested: {
          type: 'object',
          additionalProperties: false,
          properties: { port: { type: 'integer', minimum: 1, default: 80 } },
        },
        strict: {
          type: 'object',
          required: ['must'],
          additionalProperties: false,
          properties: { must: { type: 'boolean' } },
        },
      },
    });
  });
});
