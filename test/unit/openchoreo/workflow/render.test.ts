import { describe, expect, it } from 'vitest';
import { expressionPaths, renderTemplate } from '../../../../src/openchoreo/workflow/render.ts';

const scope = {
  metadata: { name: 'shop' },
  parameters: { count: 1_000_000, list: ['a', 1], on: true, text: '${metadata.name}', none: '' },
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
  ])('renders %j as %j', (template, value) => {
    expect(render(template)).toEqual({ value, problems: [] });
  });

  it('renders maps and lists with their keys', () => {
    expect(render({ '${metadata.name}': [{ a: '${parameters.on}' }] }).value).toEqual({ shop: [{ a: true }] });
  });

  it.each([
    ['${metadata.nothing}', '${metadata.nothing} names something that does not exist'],
    ['${parameters.constructor}', '${parameters.constructor} names something'],
    ['x ${size(parameters.list) > 0 ? "}" : ""} y', '${size(parameters.list) > 0 ? "}" : ""} is more than a path'],
    ['${parameters.list[0]}', '${parameters.list[0]} is more than a path'],
    ['${}', '${} is more than a path'],
  ])('says what is wrong with %s, and where', (template, message) => {
    expect(render({ a: [template] }).problems).toEqual([{ path: 't.a[0]', message: expect.stringContaining(message) }]);
  });
});

describe('expressionPaths', () => {
  it('gives the names that a text uses', () => {
    expect(expressionPaths('${a.b}-${f(c)}-${ d }')).toEqual(['a.b', 'd']);
  });
});
