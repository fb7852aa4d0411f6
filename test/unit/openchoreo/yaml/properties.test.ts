import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isMapping } from '../../../../src/openchoreo/yaml/compose.ts';
import { splitDocuments } from '../../../../src/openchoreo/yaml/documents.ts';
import { editDocument, setText } from '../../../../src/openchoreo/yaml/edit.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';
import { asciiJson, json, runs, text } from '../../../support/properties.ts';

describe('writeYaml', () => {
  it('writes what reads back as the same', () => {
    fc.assert(
      fc.property(json.value, (value) => {
        expect(parseYaml(writeYaml({ value }), 'x')).toEqual([{ value }]);
      }),
      runs(500),
    );
  });

  it('writes what another reader of YAML 1.1 takes for the same', () => {
    fc.assert(
      fc.property(json.value, (value) => {
        const written = writeYaml({ value });
        // Where this reader is wrong: numbers beyond all numbers, which are texts, and dots, which are no numbers.
        fc.pre(!/\d[eE]\+?\d{3}|(^|[-+ ?])\._*:?( |$)/m.test(written));
        const read: unknown = parse(written, { version: '1.1', schema: 'yaml-1.1', logLevel: 'silent' });
        expect(read).toEqual({ value });
      }),
      runs(300),
    );
  });

  it('writes the same again after reading', () => {
    fc.assert(
      fc.property(json.mapping, (value) => {
        const written = writeYaml(value);
        expect(writeYaml(parseYaml(written, 'x')[0] ?? {})).toBe(written);
      }),
      runs(200),
    );
  });
});

const comment = fc.constantFrom('', '# a: b\n', '\n# --- no separator\n\n', '#\n');
const written = fc
  .tuple(comment, fc.dictionary(text, json.value, { minKeys: 1, maxKeys: 3 }), comment, fc.boolean())
  .map(([before, value, after, isJson]) => `${before}${isJson ? asciiJson(value) : writeYaml(value)}${after}`);
const separator = fc.constantFrom('---\n', '--- # next\n', '---   \n', '---\r\n');
const file = fc
  .tuple(
    fc.constantFrom('', '\ufeff', '---\n', '# head\n'),
    fc.array(fc.tuple(written, separator), { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([head, parts]) =>
      head + parts.map(([document, end], index) => document + (index < parts.length - 1 ? end : '')).join(''),
  );

const documentsOf = (content: string) => splitDocuments(content).map(({ start, end }) => content.slice(start, end));
const without = <Item>(list: readonly Item[], index: number) => list.toSpliced(index, 1);

describe('an edit', () => {
  it('changes one value of one document and no byte of the others', () => {
    fc.assert(
      fc.property(file, fc.nat(), text, fc.array(text, { minLength: 1, maxLength: 3 }), (before, pick, value, path) => {
        const values = parseYaml(before, 'x');
        const index = pick % values.length;
        const after = setText(before, index, path, value).text;
        expect(parseYaml(after, 'x')).toEqual(values.with(index, withText(values[index], path, value)));
        expect(without(documentsOf(after), index)).toEqual(without(documentsOf(before), index));
        expect(setText(after, index, path, value).text).toBe(after);
      }),
      runs(300),
    );
  });

  it('makes of one document another and changes no byte of the others', () => {
    fc.assert(
      fc.property(file, fc.nat(), json.mapping, fc.array(fc.nat()), (before, pick, other, picks) => {
        const values = parseYaml(before, 'x');
        const index = pick % values.length;
        const wanted = picks.reduce((value, at) => mixed(value, other, at), values[index]);
        const after = editDocument(before, index, wanted).text;
        expect(parseYaml(after, 'x')).toEqual(values.with(index, wanted));
        expect(without(documentsOf(after), index)).toEqual(without(documentsOf(before), index));
        expect(editDocument(after, index, wanted).text).toBe(after);
      }),
      runs(300),
    );
  });
});

/** A value with an entry more, less or changed, somewhere in it. */
function mixed(value: unknown, other: unknown, pick: number): unknown {
  const rest = Math.floor(pick / 4);
  if (Array.isArray(value)) {
    const at = rest % (value.length + 1);
    return value.toSpliced(at, pick % 2, ...(pick % 4 > 1 ? [other] : []));
  }
  if (!isMapping(value)) return other;
  const keys = Object.keys(value);
  const key = keys[rest % keys.length] ?? 'new';
  const entries = new Map<string, unknown>(Object.entries(value));
  if (pick % 4 === 0) entries.delete(key);
  else if (pick % 4 === 1) entries.set(`${key}2`, other);
  else entries.set(key, mixed(entries.get(key), other, rest));
  return Object.fromEntries(entries);
}

function withText(value: unknown, [key, ...rest]: readonly string[], set: string): unknown {
  if (key === undefined) return set;
  const entries = new Map<string, unknown>(isMapping(value) ? Object.entries(value) : []);
  return Object.fromEntries(entries.set(key, withText(entries.get(key), rest, set)));
}
