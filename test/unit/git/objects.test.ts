import { describe, expect, it } from 'vitest';
import { parseBatch, parseTree } from '../../../src/git/objects.ts';

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const id = (digit: string): string => digit.repeat(40);

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('parseTree', () => {
  it('reads names with spaces, tabs and umlauts', () => {
    const output = Buffer.from(
      `100644 blob ${id('a')}\ta b\tü.yaml\x00040000 tree ${id('b')}\tfolder\x00160000 commit ${id('c')}\tmodule\0`,
    );
    expect([...parseTree(output)]).toEqual([
      { mode: '100644', type: 'blob', id: id('a'), path: 'a b\tü.yaml' },
      { mode: '040000', type: 'tree', id: id('b'), path: 'folder' },
      { mode: '160000', type: 'commit', id: id('c'), path: 'module' },
    ]);
  });

  it('keeps the bytes of a name that is not UTF-8', () => {
    const output = Buffer.concat([Buffer.from(`100644 blob ${id('a')}\t`), Buffer.from([0xff, 0xfe, 0])]);
    expect(Buffer.from([...parseTree(output, 'latin1')][0]?.path ?? '', 'latin1')).toEqual(Buffer.from([0xff, 0xfe]));
  });

  it('reads nothing from nothing', () => {
    expect([...parseTree(Buffer.alloc(0))]).toEqual([]);
  });
});

describe('parseBatch', () => {
  const texts = ['one\n', '', 'with\n\nlines and ü\n', 'x'.repeat(5000)];
  const output = Buffer.concat([
    ...texts.map((text, index) => Buffer.from(`${id(String(index))} blob ${Buffer.byteLength(text)}\n${text}\n`)),
    Buffer.from(`${id('e')} missing\n`),
    Buffer.from(`${id('f')} blob 4\nlast\n`),
  ]);

  it.each([1, 2, 7, 64, 4096, 1_000_000])('reads objects from pieces of %i bytes', async (size) => {
    const objects = await collect(parseBatch(pieces(output, size)));
    const found = objects.map(({ id, bytes }) => [id, bytes?.toString('utf8')]);
    expect(found).toEqual([
      ...texts.map((text, index) => [id(String(index)), text]),
      [id('e'), undefined],
      [id('f'), 'last'],
    ]);
  });
});
