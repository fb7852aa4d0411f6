import { describe, expect, it } from 'vitest';
import { expressionPaths, renderTemplate } from '../../../../src/openchoreo/workflow/render.ts';

const scope = {
  metadata: { name: 'shop' },
  parameters: { count: 1_000_000, list: ['a', 1], on: true, text: '${metadata.name}', none: '', tags: ['v', 'w'] },
};
const render = (template: unknown) => renderTemplate(template, scope, 't');

describe('renderTemplate', () => {
  it.each([
    ['${metadata.name}', 'shop'],
    [' ${ parameters.count }\n', 1_000_000],
    ['${parameters.list}', ['a', 1]],
    ['n=${parameters.count}', 'n=1000000'],
    ['${parameters.list} ${parameters.on}', '["a",1] true'],
    ['${metadata.name}-${metadata.name}', 'shop-shop'],
    ['a${parameters.none}b', 'ab'],
    ['${parameters.text}/${metadata.name}', '${metadata.name}/shop'],
    ['$HOME $(X) {y} ${unterminated', '$HOME $(X) {y} ${unterminated'],
    ['[1,2]', '[1,2]'],
    [7, 7],
    ['${size(parameters.list) > 1 ? "}" : ""}', '}'],
    ['${parameters.count + 1}', 1_000_001],
    ['${parameters.tags.map(t, t.upperAscii()).join("+")}/${parameters.tags[1]}', 'V+W/w'],
    ['${parameters.?missing.orValue("none")} ${has(parameters.on)}', 'none true'],
    ['${metadata.name.replace("h", "${x}")}', 's${x}op'],
    ['${{"a": parameters.count, "b": [1.5, null]}}', { a: 1_000_000, b: [1.5, null] }],
    ['${true} ${null}', 'true null'],
    ['${oc_hash("")} ${oc_hash("a")}', '811c9dc5 e40c292c'],
    ['${oc_merge({"a": 1, "b": 1}, {"b": 2})}', { a: 1, b: 2 }],
    ['${oc_generate_name("My App", metadata.name)}', 'my-app-shop-776851bf'],
  ])('renders %j as %j', (template, value) => {
    expect(render(template)).toEqual({ value, problems: [] });
  });

  it('renders maps and lists with their keys', () => {
    expect(render({ '${metadata.name}': [{ a: '${parameters.on}' }] }).value).toEqual({ shop: [{ a: true }] });
  });

  it('leaves out what is omitted', () => {
    const template = {
      a: '${oc_omit()}',
      b: ['${has(parameters.x) ? parameters.x : oc_omit()}', 'c'],
      d: '${parameters.tags.map(t, {"tag": t, "x": oc_omit()}) + [oc_omit()]}',
    };

    expect(render(template)).toEqual({ value: { b: ['c'], d: [{ tag: 'v' }, { tag: 'w' }] }, problems: [] });
  });

  it.each([
    ['${metadata.nothing}', '${metadata.nothing} names something that does not exist'],
    ['${parameters.constructor}', '${parameters.constructor} names something'],
    ['${parameters.tags[7]}', '${parameters.tags[7]}: '],
    ['${}', '${}: '],
    ['${size(}', '${size(}: '],
    ['${${metadata.name}}', '${${metadata.name}}: '],
    ['${metadata.nothing + "x"}', 'No such key: nothing'],
    ['${workflow.name == "x"}', 'known names: metadata'],
    ['${parameters.tags.sortBy(t, t)}', 'not offered by Slipway'],
    ['${duration("1h")}', 'the result is no text, number, list or map'],
    ['x ${oc_omit()}', 'cannot stand inside a text'],
  ])('says what is wrong with %s, and where', (template, message) => {
    expect(render({ a: [template] }).problems).toEqual([{ path: 't.a[0]', message: expect.stringContaining(message) }]);
  });

  it('says which key gives no text', () => {
    expect(render({ '${parameters.list}': 1 }).problems).toEqual([
      { path: 't["${parameters.list}"]', message: 'must give a text, as it is a key' },
    ]);
  });
});

describe('expressionPaths', () => {
  it('gives the names that a text uses', () => {
    const text = '${parameters.b}-${size(parameters.c.d) + 1}-${"metadata.x" + metadata.y.trim()}';

    expect(expressionPaths(text)).toEqual(['parameters.b', 'parameters.c.d', 'metadata.y']);
  });
});
