import { describe, expect, it } from 'vitest';
import { editDocument, setText } from '../../../../src/openchoreo/yaml/edit.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';

describe('setText', () => {
  it('changes only the text, keeping comments, order and style', () => {
    const file = '# top\nspec:\r\n  b: {image: "old:1"} # why\r\n  a: 0755\r\n';
    expect(setText(file, 0, ['spec', 'b', 'image'], 'new:2').text).toBe(file.replace('old:1', 'new:2'));
  });

  it('changes the document that is meant', () => {
    const file = 'a: x # one\n---\na: x # two\n---\na: x\n';
    expect(setText(file, 1, ['a'], 'y').text).toBe('a: x # one\n---\na: "y" # two\n---\na: x\n');
  });

  it('adds a text that is missing and keeps the comments', () => {
    const changed = setText('# top\nspec:\n  a: 1 # one\n', 0, ['spec', 'releaseName'], 'r-1').text;
    expect(parseYaml(changed, 'x')).toEqual([{ spec: { a: 1, releaseName: 'r-1' } }]);
    expect(changed).toContain('# top');
    expect(changed).toContain('# one');
  });

  it.each([
    'b: &x {image: old}\nc: *x\nspec: *x\n',
    'i: &i old\nspec: {image: *i}\n',
    'spec: {image: &i old}\nother: *i\n',
    'base: &b {image: old, k: 1}\nspec: {<<: *b}\n',
    'spec:\n  image: |\n    old\n  k: 1\n',
    'spec:\n',
    'spec: {image: old, on: 08}\n',
  ])('changes no other value of %j', (file) => {
    const [before] = parseYaml(file, 'x') as [Record<string, unknown>];
    const spec = { ...(before['spec'] as object), image: 'new:2' };
    expect(parseYaml(setText(file, 0, ['spec', 'image'], 'new:2').text, 'x')).toEqual([{ ...before, spec }]);
  });

  it('keeps large integers of the file as they are', () => {
    expect(setText('a: 9007199254740993\nspec:\n', 0, ['spec', 'image'], 'x').text).toContain('9007199254740993');
  });

  it('changes a JSON value among others', () => {
    expect(parseYaml(setText('{"a":"x"}\n{"a":"x"}\n', 1, ['a'], 'y').text, 'x')).toEqual([{ a: 'x' }, { a: 'y' }]);
  });
});

describe('editDocument', () => {
  it('keeps the other documents as they are, unreadable ones too', () => {
    expect(editDocument('a: {{ x }}\n---\nold: 1\n---\n# c\nb: 1\n', 1, { new: 1 }).text).toBe(
      'a: {{ x }}\n---\nnew: 1\n---\n# c\nb: 1\n',
    );
  });

  it('changes the last document', () => {
    expect(editDocument('a: 1\n---\nold: 1', 1, { new: 1 }).text).toBe('a: 1\n---\nnew: 1\n');
  });

  it('separates what it writes among JSON values', () => {
    expect(parseYaml(editDocument('{"a":1}{"b":1}', 0, { new: 1 }).text, 'x')).toEqual([{ new: 1 }, { b: 1 }]);
  });

  it.each<[string, string, unknown, string]>([
    ['an entry changes', 'b: 1 # one\na: [x, y] # two\n', { b: 2, a: ['x', 'z'] }, 'b: 2 # one\na: [x, z] # two\n'],
    ['a quoted text becomes a number', 'a: "1" # a\n', { a: 1 }, 'a: 1 # a\n'],
    [
      'an entry goes',
      '# top\na: 1\nb: # of b\n  c: |\n    x\n# of d\nd: 1\n',
      { a: 1, d: 1 },
      '# top\na: 1\n# of d\nd: 1\n',
    ],
    ['an entry comes first', 'm:\n  # of b\n  b: 1\n', { m: { a: [1], b: 1 } }, 'm:\n  a:\n  - 1\n  # of b\n  b: 1\n'],
    [
      'an entry comes after the one before it by name',
      'z: 1 # z\na: 1 # a',
      { a: 1, b: 'x\n\ny\n', z: 1 },
      'z: 1 # z\na: 1 # a\nb: |\n  x\n\n  y',
    ],
    ['a text becomes a mapping', 'a: x\nb: 1 # b\n', { a: { c: 1 }, b: 1 }, 'a:\n  c: 1\nb: 1 # b\n'],
    ['a mapping without entries gets one', 'a:\nb: 1 # b\n', { a: { c: 1 }, b: 1 }, 'a:\n  c: 1\nb: 1 # b\n'],
    [
      'a flow mapping gets an entry',
      'a: {b: 1}\nc: 1 # c\n',
      { a: { b: 1, d: 2 }, c: 1 },
      'a:\n  b: 1\n  d: 2\nc: 1 # c\n',
    ],
    [
      'an item changes',
      'env:\n  # of A\n  - key: A # a\n    value: x # x\n',
      { env: [{ key: 'A', value: 'y' }] },
      'env:\n  # of A\n  - key: A # a\n    value: "y" # x\n',
    ],
    [
      'an item goes and another comes',
      'env:\n- key: A # a\n- key: B\n  value: x\n- key: C # c\n',
      { env: [{ key: 'A' }, { key: 'C' }, { key: 'D', value: 'x' }] },
      'env:\n- key: A # a\n- key: C # c\n- key: D\n  value: x\n',
    ],
    [
      'an item gets a field before its first',
      'l:\n- b: 1 # b\n- c: 1\n',
      { l: [{ b: 1 }, { c: 1 }, { d: 1 }] },
      'l:\n- b: 1 # b\n- c: 1\n- d: 1\n',
    ],
    [
      'lines end with CRLF',
      'a: 1 # a\r\nm:\r\n  b: 1\r\n',
      { a: 1, m: { b: 1, c: 2 } },
      'a: 1 # a\r\nm:\r\n  b: 1\r\n  c: 2\r\n',
    ],
  ])('changes only what is different where %s', (_, file, wanted, expected) => {
    expect(editDocument(file, 0, wanted)).toEqual({ text: expected, lost: undefined });
  });

  it('stays in the style of the original tool', () => {
    const long = 'word '.repeat(30).trim();
    const before = { spec: { a: long, l: [{ key: 'A', value: long }], m: 1 } };
    const after = { spec: { Z: long, l: [{ key: 'A', value: `${long} x` }, { key: '0' }], m: [] } };
    expect(editDocument(writeYaml(before), 0, after)).toEqual({ text: writeYaml(after), lost: undefined });
  });

  it.each<[string, unknown, string]>([
    ['b: &x {c: 1} # b\na: *x\n', { b: { c: 2 }, a: { c: 1 } }, 'a:\n  c: 1\nb:\n  c: 2\n'],
    ['y: 1 # y\n', { true: 2 }, '"true": 2\n'],
    ['base: &b {c: 1} # b\n<<: *b\n', { base: { c: 1 } }, 'base:\n  c: 1\n'],
  ])('says where a document is written anew: %j', (file, wanted, expected) => {
    const lost = 'the document is written anew, without its comments and in the usual order';
    expect(editDocument(file, 0, wanted)).toEqual({ text: expected, lost });
  });

  it('says where comments go with the form of a value', () => {
    expect(editDocument('a: x # why\nb: 1 # b\n', 0, { a: ['y'], b: 1 })).toEqual({
      text: 'a:\n- "y"\nb: 1 # b\n',
      lost: 'comments in what changes are lost',
    });
    const reordered = { l: [{ key: 'B' }, { key: 'A' }] };
    expect(editDocument('# top\nl:\n- key: A # a\n- key: B\n', 0, reordered)).toEqual({
      text: '# top\nl:\n- key: B\n- key: A\n',
      lost: 'comments in what changes are lost',
    });
  });
});
