import { describe, expect, it } from 'vitest';
import { replaceDocument, setText } from '../../../../src/openchoreo/yaml/edit.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';

describe('setText', () => {
  it('changes only the text, keeping comments, order and style', () => {
    const file = '# top\nspec:\r\n  b: {image: "old:1"} # why\r\n  a: 0755\r\n';
    expect(setText(file, 0, ['spec', 'b', 'image'], 'new:2')).toBe(file.replace('old:1', 'new:2'));
  });

  it('changes the document that is meant', () => {
    const file = 'a: x # one\n---\na: x # two\n---\na: x\n';
    expect(setText(file, 1, ['a'], 'y')).toBe('a: x # one\n---\na: "y" # two\n---\na: x\n');
  });

  it('adds a text that is missing and keeps the comments', () => {
    const changed = setText('# top\nspec:\n  a: 1 # one\n', 0, ['spec', 'releaseName'], 'r-1');
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
    expect(parseYaml(setText(file, 0, ['spec', 'image'], 'new:2'), 'x')).toEqual([{ ...before, spec }]);
  });

  it('keeps large integers of the file as they are', () => {
    expect(setText('a: 9007199254740993\nspec:\n', 0, ['spec', 'image'], 'x')).toContain('9007199254740993');
  });

  it('changes a JSON value among others', () => {
    expect(parseYaml(setText('{"a":"x"}\n{"a":"x"}\n', 1, ['a'], 'y'), 'x')).toEqual([{ a: 'x' }, { a: 'y' }]);
  });
});

describe('replaceDocument', () => {
  it('keeps the other documents as they are, unreadable ones too', () => {
    expect(replaceDocument('a: {{ x }}\n---\nold: 1\n---\n# c\nb: 1\n', 1, 'new: 1\n')).toBe(
      'a: {{ x }}\n---\nnew: 1\n---\n# c\nb: 1\n',
    );
  });

  it('replaces the last document', () => {
    expect(replaceDocument('a: 1\n---\nold: 1', 1, 'new: 1\n')).toBe('a: 1\n---\nnew: 1\n');
  });

  it('separates what it writes among JSON values', () => {
    expect(parseYaml(replaceDocument('{"a":1}{"b":1}', 0, 'new: 1\n'), 'x')).toEqual([{ new: 1 }, { b: 1 }]);
  });
});
