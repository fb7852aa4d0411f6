import { describe, expect, it } from 'vitest';
import { parseParameterSchema } from '../../../../src/openchoreo/workflow/parameter-schema.ts';
import { resolveParameters } from '../../../../src/openchoreo/workflow/parameters.ts';

function problemOf(text: string, value: unknown, types: unknown = {}): string | undefined {
  const { fields, problems } = parseParameterSchema({ field: text }, 'schema', types);
  expect(problems).toEqual([]);
  const found = resolveParameters(fields, { field: value }, 'p').problems.map(
    ({ path, message }) => `${path} ${message}`,
  );
  expect(found.length).toBeLessThan(2);
  return found[0];
}

describe('constraints of a parameter', () => {
  it.each([
    [
      'integer | minimum=1 maximum=3',
      [1, 3],
      [
        [0, 'be at least 1'],
        [4, 'be at most 3'],
      ],
    ],
    ['number | minimum=1 exclusiveMinimum=true', [1.1], [[1, 'be more than 1']]],
    ['number | maximum=2 exclusiveMaximum=true', [1.9], [[2, 'be less than 2']]],
    ['number | multipleOf=0.1', [0.3, 7], [[0.35, 'be a multiple of 0.1']]],
    [
      'string | minLength=2 maxLength=3',
      ['ab', '🙂🙂🙂'],
      [
        ['a', 'have at least 2 characters'],
        ['abcd', 'have at most 3 characters'],
      ],
    ],
    [
      'string | pattern="^v[0-9]+$"',
      ['v12'],
      [
        ['v', 'match the pattern ^v[0-9]+$'],
        ['xv1', 'match the pattern ^v[0-9]+$'],
      ],
    ],
    [
      '[]string | minItems=1 maxItems=2',
      [['a']],
      [
        [[], 'have at least 1 item'],
        [['a', 'b', 'c'], 'have at most 2 items'],
      ],
    ],
    ['[]integer | uniqueItems=true', [[1, 2]], [[[1, 1], 'not hold the same item twice']]],
    [
      'map<string> | minProperties=1 maxProperties=1',
      [{ a: 'b' }],
      [
        [{}, 'have at least 1 entry'],
        [{ a: '', b: '' }, 'have at most 1 entry'],
      ],
    ],
    ['[]string | enum=["a"],["b"]', [['a']], []],
  ] as [string, unknown[], [unknown, string][]][])('holds %s', (text, good, bad) => {
    for (const value of good) expect(problemOf(text, value)).toBeUndefined();
    for (const [value, message] of bad) expect(problemOf(text, value)).toBe(`p.field must ${message}`);
  });

  it('holds those of a reusable type, also for the items of a list, and those added where it is used', () => {
    const types = { Port: 'integer | minimum=1 maximum=65535' };

    expect(problemOf('[]Port', [80, 0], types)).toBe('p.field[1] must be at least 1');
    expect(problemOf('map<Port>', { http: 70_000 }, types)).toBe('p.field.http must be at most 65535');
    expect(problemOf('Port | maximum=1000', 1001, types)).toBe('p.field must be at most 1000');
    expect(problemOf('Port | maximum=1000', 0, types)).toBe('p.field must be at least 1');
  });

  it('is quick with a pattern that would keep a backtracking engine busy for years', () => {
    expect(problemOf('string | pattern="^(a+)+$"', `${'a'.repeat(5000)}!`)).toContain('must match');
  });
});
