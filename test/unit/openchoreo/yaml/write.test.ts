import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';

describe('writeYaml', () => {
  it('sorts keys and puts dashes into the column of their key', () => {
    expect(writeYaml({ b: [{ y: 1, a: [] }, 'x'], a: { z: {}, n1: null } })).toBe(
      'a:\n  n1: null\n  z: {}\nb:\n- a: []\n  "y": 1\n- x\n',
    );
  });

  it('sorts keys in natural order', () => {
    const keys = ['é', 'b', 'ab', 'aB', 'a10', 'a2', 'a.b', 'a b', 'a', 'Zed', 'A', '1', '_x', 'x-y'];
    const written = writeYaml(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(written.replaceAll(': 0', '').trim().split('\n')).toEqual([
      '_x',
      '"1"',
      'A',
      'Zed',
      'a',
      'a b',
      'a.b',
      'a2',
      'a10',
      'aB',
      'ab',
      'b',
      'x-y',
      'é',
    ]);
  });

  it('leaves out what is undefined', () => {
    expect(writeYaml({ a: undefined, b: 1 })).toBe('b: 1\n');
  });

  it.each([
    'y',
    'No',
    'on',
    'null',
    '',
    '~',
    '0755',
    '0o17',
    '0b11',
    '1_000',
    '08',
    '1e3',
    '.5',
    '12:30',
    '2024-01-02',
    '<<',
    '=',
  ])('quotes the text %j, which YAML 1.1 reads as something else', (text) => {
    expect(writeYaml(text)).toBe(`"${text}"\n`);
  });

  it.each([
    ['a: b', "'a: b'"],
    ['- a', "'- a'"],
    [' a', "' a'"],
    ["it's # here", "'it''s # here'"],
    ["it's", "it's"],
    ['a:b', 'a:b'],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\nb', '|-\n  a\n  b'],
    ['a \nb', '"a \\nb"'],
    ['a\tb', '"a\\tb"'],
    ['a\u0085b\u{1F600}', '"a\\x85b\\U0001F600"'],
  ])('writes the text %j as %s', (text, written) => {
    expect(writeYaml({ k: text })).toBe(`k: ${written}\n`);
  });

  it('folds long texts at blanks beyond 80 columns', () => {
    const text = Array(30).fill('word').join(' ');
    const lines = writeYaml({ key: text }).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^ {2}word/);
    expect(parseYaml(lines.join('\n'), 'x')).toEqual([{ key: text }]);
  });

  it('writes what reads back as the same, whatever the texts hold', () => {
    const alphabet = [...' \n\t:#-?,[]{}&*!|>\'"%@`ab0129._xe+=<~\u0085\u2028\ufeffé😀\r\\/'];
    let seed = 7;
    const below = (limit: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % limit;
    };
    const text = () =>
      Array.from({ length: below(3) === 0 ? below(120) : below(7) }, () =>
        below(3) ? alphabet[below(alphabet.length)] : ' ',
      ).join('');
    for (let round = 0; round < 500; round += 1) {
      const value = { [text()]: [text(), { [text()]: text() }, [[text()], {}]], last: text() };
      expect(parseYaml(writeYaml(value), 'x')).toEqual([value]);
    }
  });
});
