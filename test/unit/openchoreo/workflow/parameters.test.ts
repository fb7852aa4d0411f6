import { describe, expect, it } from 'vitest';
import { parseParameterSchema } from '../../../../src/openchoreo/workflow/parameter-schema.ts';
import { resolveParameters } from '../../../../src/openchoreo/workflow/parameters.ts';

function resolve(schema: unknown, values: unknown, types?: unknown) {
  const parsed = parseParameterSchema(schema, 'schema', types);
  expect(parsed.problems).toEqual([]);
  const { values: resolved, problems } = resolveParameters(parsed.fields, values, 'p');
  return { resolved, problems: problems.map(({ path, message }) => `${path}: ${message}`) };
}

describe('parseParameterSchema', () => {
  it.each([
    ['string | default=x', 'x'],
    ['string | default="two words" description="a | b"', 'two words'],
    ["string | default='it''s'", "it's"],
    ['string | default="18" enum=16,18', '18'],
    ['string | description="first" | default=x | title=T', 'x'],
    ['string|default=', ''],
    ['[]string | default=', []],
    ['map<string> | default=', {}],
    ['string | enum="a,b" default=b', 'b'],
    ['string | enum="a,b","c" default="a,b"', 'a,b'],
    ["string | enum='a','b' default=b", 'b'],
    ['number | default=1e3', 1000],
    ['number | minimum=1 exclusiveMinimum=T default=2', 2],
    ['integer | default=3 minimum=1 maximum=5', 3],
    ['number | default=0.5', 0.5],
    ['boolean | default=true', true],
    ['boolean | default=0', false],
    ['[]string | default=[]', []],
    ['[]string | default=["a b", "c"]', ['a b', 'c']],
    ['array<integer> | default=[1,2]', [1, 2]],
    ['map<string> | default={"a": "b c"}', { a: 'b c' }],
    ['map[string]integer | default={}', {}],
    ['string | oc:build=inject default=x', 'x'],
    ['string | pattern="^[a-z]+( |=)$" default="x "', 'x '],
  ])('reads the default of %s', (text, value) => {
    expect(resolve({ field: text }, {})).toEqual({ resolved: { field: value }, problems: [] });
  });

  it.each([
    ['strang', '"strang" is not a type'],
    ['object', '"object" is not a type'],
    ['integer | default=x', '"x" is not of type integer'],
    ['integer | default=1.5', '"1.5" is not of type integer'],
    ['boolean | default=yes', '"yes" is not of type boolean'],
    ['[]string | default=a', '"a" is not JSON'],
    ['[]string | default={}', '"{}" is not a list'],
    ['string | required=true', '"required" is not allowed'],
    ['string | defualt=x', '"defualt" is not known; known are default, enum, minimum'],
    ['string | optional', '"optional" is not of the form key=value'],
    ['string | description="open', 'a quote (") is not closed'],
    ['map[int]string', 'the keys of a map are text'],
    ['', 'is empty; write a type'],
    ['string default=x', 'put "|" between the type and what follows'],
    ['integer | default=0x10', '"0x10" is not of type integer'],
    ['integer | default=9007199254740993', 'is not of type integer'],
    ['number | default=inf', '"inf" is not of type number'],
    ['[]string | uniqueItems=yes', '"uniqueItems" must be true or false'],
    ['string | enum=a,b description=two words', '"words" is not of the form key=value; put texts'],
    ['integer | enum=1,x', '"x" is not of type integer'],
    ['string | default="\\q"', 'holds an escape that is not known'],
    ['map<string> | default=[]', '"[]" is not a map'],
    ['string | minimum=1', '"minimum" does not go with the type string'],
    ['integer | minimum=x', '"minimum" must be a number'],
    ['string | minLength=-1', '"minLength" must be a whole number from 0 on'],
    ['number | exclusiveMinimum=3', '"exclusiveMinimum" must be true or false'],
    ['number | multipleOf=0', '"multipleOf" must be more than 0'],
    ['string | pattern="(?=x)"', '"pattern" is not a regular expression of RE2'],
    ['string | enum=', '"enum" must have at least one choice'],
    ['integer | minimum=5 maximum=2', '"minimum" is more than "maximum", so no value fits'],
    ['string | minLength=5 maxLength=2', '"minLength" is more than "maxLength"'],
    ['[]string | minItems=2 maxItems=1', '"minItems" is more than "maxItems"'],
    ['map<string> | minProperties=2 maxProperties=1', '"minProperties" is more than "maxProperties"'],
    ['integer | minimum=1 default=0', 'the default must be at least 1'],
    ['string | enum=a,b default=c', 'the default must be one of a, b'],
    ['[]string | default=[1]', 'the default[0] must be text'],
    [{ $default: '{', a: 'string' }, '$default is not JSON'],
    [{ $default: [], a: 'string' }, '$default must be a map'],
    [{ $default: { a: 5 }, a: 'string' }, 'the default.a must be text'],
    [{ $default: { b: 'x' }, a: 'string | default=x' }, 'the default.b unknown parameter'],
    [5, 'must be a text'],
    [['string'], 'must be a text'],
  ])('says what is wrong with %j', (text, message) => {
    const { problems } = parseParameterSchema({ group: { field: text } }, 'schema');

    expect(problems).toEqual([{ path: 'schema.group.field', message: expect.stringContaining(message) }]);
  });

  it('uses the reusable types, also in one another', () => {
    const types = {
      Size: 'string | default=small enum=small,large',
      Limits: { cpu: 'string | default=1', size: 'Size' },
    };

    expect(resolve({ limits: 'Limits', sizes: '[]Size | default=[]' }, {}, types).resolved).toEqual({
      limits: { cpu: '1', size: 'small' },
      sizes: [],
    });
    expect(resolve({ size: 'Size' }, { size: 'tiny' }, types).problems).toEqual([
      'p.size: must be one of small, large',
    ]);
  });

  it('refuses a type that contains itself', () => {
    expect(parseParameterSchema({ a: 'Node' }, 'schema', { Node: { next: 'Node' } }).problems).toEqual([
      { path: 'schema.a', message: expect.stringContaining('contains itself') },
    ]);
  });
});

describe('resolveParameters', () => {
  it('fills in parents that are missing', () => {
    expect(resolve({ a: { b: { c: 'string | default=x' } } }, undefined)).toEqual({
      resolved: { a: { b: { c: 'x' } } },
      problems: [],
    });
  });

  it('takes null for absent', () => {
    expect(resolve({ a: 'string | default=x', b: 'string' }, { a: null, b: null })).toEqual({
      resolved: { a: 'x' },
      problems: ['p.b: is required'],
    });
  });

  it('uses the default of a whole group', () => {
    expect(resolve({ a: { $default: { b: 'x' }, b: 'string' } }, {})).toEqual({
      resolved: { a: { b: 'x' } },
      problems: [],
    });
  });

  it('says everything that does not fit at once, by its path', () => {
    const schema = {
      text: 'string',
      count: 'integer',
      on: 'boolean',
      list: '[]integer',
      map: 'map<boolean>',
      group: { inner: 'string' },
      size: 'integer | enum=1,2',
    };
    const values = {
      text: 5,
      count: '5',
      on: 'true',
      list: [1, 'x'],
      map: { 'a/b': 1 },
      group: { other: 1 },
      size: 3,
      more: 1,
    };

    expect(resolve(schema, values).problems).toEqual([
      'p.more: unknown parameter; known here: text, count, on, list, map, group, size',
      'p.text: must be text, not a number: put it in quotes',
      'p.count: must be a whole number, not text: take its quotes away',
      'p.on: must be true or false, not text: take its quotes away',
      'p.list[1]: must be a whole number, not text',
      'p.map["a/b"]: must be true or false, not a number',
      'p.group.other: unknown parameter; known here: inner',
      'p.group.inner: is required',
      'p.size: must be one of 1, 2',
    ]);
  });

  it('says how a number must be written', () => {
    const schema = { whole: 'integer', large: 'integer', any: 'number', text: 'string' };

    expect(resolve(schema, { whole: 1.5, large: 1e300, any: '0.5', text: 1.5 }).problems).toEqual([
      'p.whole: must be a whole number, not a number: without decimals',
      'p.large: must be a whole number, not a number: beyond 2^53 it loses digits',
      'p.any: must be a number, not text: take its quotes away',
      'p.text: must be text, not a number: put it in quotes',
    ]);
  });

  it('is not fooled by names that every object has', () => {
    expect(resolve({ toString: 'string | default=x' }, {}).resolved).toEqual({ toString: 'x' });
    expect(resolve({}, JSON.parse('{"__proto__": {}}')).problems).toEqual([
      'p.__proto__: unknown parameter; known here: none',
    ]);
  });
});
