import { expect, it } from 'vitest';
import { createRecords } from '../../../../src/openchoreo/repository/records.ts';

const keys = (text: string) => new Set([`own ${text}`, `group ${text.length}`]);

it('finds texts by each of their keys, also after most of many are gone', () => {
  const records = createRecords();
  const texts = Array.from({ length: 5000 }, (_, at) => `ü ${at}`);
  for (const text of texts) records.add(text, keys(text));
  expect(records.find('own ü 4711')).toEqual(['ü 4711']);
  expect(records.find('group 3').toSorted()).toEqual(texts.slice(0, 10));
  expect(records.find('own 4711')).toEqual([]);

  for (const text of texts.slice(0, 4000)) records.remove(text, `own ${text}`);
  records.remove('never there', 'own never there');
  expect(records.find('own ü 42')).toEqual([]);
  expect(records.find('group 3')).toEqual([]);
  expect(records.find('group 6').toSorted()).toEqual(texts.slice(4000));
  expect(records.all().toSorted()).toEqual(texts.slice(4000));
});

it('keeps a text that is longer than a page', () => {
  const records = createRecords();
  const long = 'x'.repeat(2 ** 20);
  for (const text of ['a', long, 'b']) records.add(text, keys(text));
  expect(records.all()).toEqual(['a', long, 'b']);
});
