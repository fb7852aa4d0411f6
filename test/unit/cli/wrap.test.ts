import { describe, expect, it } from 'vitest';
import { indent, shorten, wrap } from '../../../src/cli/wrap.ts';

const words = (count: number) => Array.from({ length: count }, () => 'nine-char').join(' ');

describe('wrap', () => {
  it('breaks lines between words so that they fit 100 columns', () => {
    const lines = wrap(words(25)).split('\n');
    expect(lines.map((line) => line.length)).toEqual([99, 99, 49]);
    expect(lines.join(' ')).toBe(words(25));
  });

  it('leaves room in the first line', () => {
    expect(wrap(words(12), 20).split('\n')[0]).toHaveLength(79);
  });

  it('leaves line breaks, lists and long words as they are', () => {
    const url = `http://${'x'.repeat(120)}`;
    const list = `  ${words(15)}`;
    expect(wrap(`short\n${list}\nsee ${url} there`)).toBe(`short\n${list}\nsee\n${url}\nthere`);
  });
});

describe('indent', () => {
  it('puts blanks before every line but the first', () => {
    expect(indent(words(12), 13)).toBe(`${words(8)}\n${' '.repeat(13)}${words(4)}`);
  });
});

describe('shorten', () => {
  it('cuts a text to its first line and to a width', () => {
    expect(shorten('one', 5)).toBe('one');
    expect(shorten('one two three', 8)).toBe('one two…');
    expect(shorten('one\ntwo', 8)).toBe('one…');
  });
});
