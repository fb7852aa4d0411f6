import { describe, expect, it } from 'vitest';
import { parseTyped, parseYaml, readLeniently } from '../../../../src/openchoreo/yaml/read.ts';

const one = (text: string) => parseYaml(text, 'a.yaml')[0];
const failure = (text: string) => {
  try {
    parseYaml(text, 'a.yaml');
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('parseYaml', () => {
  it.each([
    ['y', true],
    ['Off', false],
    ['tRue', 'tRue'],
    ['~', null],
    ['', null],
    ['0x1F', 31],
    ['0755', 493],
    ['0o17', 15],
    ['0b11', 3],
    ['1_000', 1000],
    ['08', 8],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['0b102', '0b102'],
    ['_1', '_1'],
    ['12:30', '12:30'],
    ['2024-01-02', '2024-01-02'],
    ['"y"', 'y'],
    ['!!str 12', '12'],
    ['!!int "7"', 7],
    ['!!binary aGk=', 'hi'],
  ])('reads %s as go-yaml v2 does', (text, value) => {
    expect(one(`a: ${text}`)).toEqual({ a: value });
  });

  it('resolves keys like values and makes texts of them', () => {
    expect(one('y: 1\n8080: 2\n0x10: 3')).toEqual({ true: 1, 8080: 2, 16: 3 });
  });

  it('lets the last of equal keys win', () => {
    expect(one('a: 1\na: 2')).toEqual({ a: 2 });
  });

  it('resolves anchors and merges', () => {
    expect(one('a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}')).toEqual({ a: { b: 1, c: 2 }, d: { b: 1, c: 3 } });
  });

  it('reads several documents, leaving out those of comments only', () => {
    expect(parseYaml('# c\n---\na: 1\n--- # x\n# only\n---\nb: 2\n...\n', 'a.yaml')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('reads JSON values one after another', () => {
    expect(parseYaml('{"a":1}\n{"b":"}{"}', 'a.yaml')).toEqual([{ a: 1 }, { b: '}{' }]);
  });

  it('reads a file that begins with a flow mapping', () => {
    expect(one('{a: b}\n')).toEqual({ a: 'b' });
  });

  it('reads a byte order mark and Windows line ends', () => {
    expect(one('\uFEFFa: 1\r\nb: |\r\n  x\r\n')).toEqual({ a: 1, b: 'x\n' });
  });

  it('takes a document that begins with a blank of another alphabet', () => {
    expect(parseYaml('\u00a0: 1\n', 'a.yaml')).toEqual([{ '\u00a0': 1 }]);
  });

  it('keeps separators inside a block of text', () => {
    expect(one('a: |\n  ---\n  b\n')).toEqual({ a: '---\nb\n' });
  });

  it.each([
    ['a: .inf', 'a.yaml: line 1: ".inf" cannot be represented'],
    ['a: 1\n~: 2', 'a.yaml: line 2: a key is null'],
    ['a: 1\n---\nb: {{ c }}: 2', 'a.yaml: line 3'],
    ['a:\r\n\t- b', 'a.yaml: line 2: Tabs'],
    ['a: *b', 'a.yaml: line 1: unknown anchor "b"'],
    ['a: 1\r\n---\r\nb: 1\r\n---foo\r\n', 'a.yaml: line 4: text after "---"'],
  ])('says where %j is wrong', (text, message) => {
    expect(failure(text)).toMatchObject({ type: 'ManifestInvalid', message: expect.stringContaining(message) });
  });

  it('refuses aliases that multiply themselves', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    expect(failure(lines.join('\n'))).toMatchObject({ message: expect.stringContaining('multiply') });
  });

  it.each([
    ['lists', (levels: number) => '['.repeat(levels) + ']'.repeat(levels)],
    [
      'aliases',
      (levels: number) =>
        ['a0: &a0 x', ...Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}]`)].join('\n'),
    ],
  ])('refuses %s more than 200 levels deep, and takes fewer', (_, nested) => {
    expect(failure(nested(190))).toBeUndefined();
    expect(failure(nested(210))).toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringMatching(/inside one another|multiply/),
    });
  });

  it('takes a key named __proto__ as any other', () => {
    expect(Object.keys(one('__proto__: 1') as object)).toEqual(['__proto__']);
  });

  it('reads thousands of blank lines and comments at once', () => {
    expect(parseYaml(`${'\n'.repeat(50_000)}#${' '.repeat(50_000)}\n---\na: 1`, 'a.yaml')).toEqual([{ a: 1 }]);
  });
});

describe('readLeniently', () => {
  it('leaves out unreadable documents with a warning and keeps the places of the others', () => {
    const { documents, unreadable } = readLeniently('a: 1\n---\nb: [\n---\nc: 3\n---- x\nd: 4\n', 'a.yaml');
    expect(documents.map(({ index, value }) => [index, value])).toEqual([
      [0, { a: 1 }],
      [3, { d: 4 }],
    ]);
    expect(unreadable).toMatchObject([
      { file: 'a.yaml', line: 4 },
      { file: 'a.yaml', line: 6, text: expect.stringContaining('text after "---"') },
    ]);
  });
});

describe('parseTyped', () => {
  it('tells integers from floats and reads only the first document', () => {
    expect(parseTyped('a: 18446744073709551615\nb: 1e3\n---\nc: 1', 'd', 'DescriptorInvalid')).toEqual({
      a: 18446744073709551615n,
      b: 1000,
    });
  });
});
