import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definitionFiles } from '../../../deploy/crds/definitions.ts';
import { structuralSchema } from '../../../deploy/crds/structural-schema.ts';

describe('deploy/crds', () => {
  it('holds what the schemas say; after a change of them run "node deploy/crds/write.ts"', () => {
    const files = readdirSync('deploy/crds').filter((name) => name.endsWith('.openchoreo.dev.yaml'));
    const found = new Map(files.map((name) => [name, readFileSync(`deploy/crds/${name}`, 'utf8')]));
    expect(found).toEqual(definitionFiles());
  });
});

describe('a structural schema', () => {
  it('has a type at every level, and null as nullable', () => {
    const schema = z.looseObject({
      name: z.string().min(1).describe('Its name.'),
      commit: z.string().regex(/^x$/).nullish().describe('A commit.'),
      none: z.string().nullish(),
      free: z.record(z.string(), z.unknown()).nullish(),
      labels: z.record(z.string(), z.string()),
      list: z.array(z.object({ at: z.iso.datetime() })).meta({ 'x-kubernetes-list-type': 'atomic' }),
    });
    expect(structuralSchema(schema)).toEqual({
      type: 'object',
      required: ['name', 'labels', 'list'],
      properties: {
        name: { type: 'string', minLength: 1, description: 'Its name.' },
        commit: { type: 'string', pattern: '^x$', nullable: true, description: 'A commit.' },
        none: { type: 'string', nullable: true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, nullable: true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        list: {
          type: 'array',
          'x-kubernetes-list-type': 'atomic',
          items: { type: 'object', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } },
        },
      },
    });
  });

  it.each([
    ['a choice of types', z.union([z.string(), z.number()])],
    ['anything', z.object({ any: z.unknown() })],
  ])('is not made of %s', (_, schema) => {
    expect(() => structuralSchema(schema)).toThrow('no structural form');
  });
});
