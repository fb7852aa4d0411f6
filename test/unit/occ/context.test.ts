import { describe, expect, it } from 'vitest';
import { readContext } from '../../../src/occ/context.ts';
import { folderWith } from '../../support/occ-tree.ts';

describe('readContext', () => {
  const file = '.openchoreo/config';

  it('reads the current context', () => {
    using home = folderWith({
      [file]: 'currentContext: b\ncontexts: [{name: a, namespace: x}, {name: b, namespace: two}]',
    });
    expect(readContext({ HOME: home.root })).toMatchObject({ namespace: 'two', project: '' });
  });

  it('is default without a file, and writes none', () => {
    using home = folderWith({});
    expect(readContext({ HOME: home.root })).toEqual({ namespace: 'default', project: 'default', component: '' });
    expect(readContext({ HOME: home.root, SLIPWAY_NAMESPACE: 'mine' })).toMatchObject({ namespace: 'mine' });
  });

  it('is nothing where none is current', () => {
    using home = folderWith({ [file]: 'contexts: []' });
    expect(readContext({ HOME: home.root })).toBeUndefined();
  });

  it.each([
    ['currentContext: lost', 'current context "lost" not found'],
    ['contexts: {a: b}', 'contexts must be a list'],
    ['a: [', 'config: line '],
  ])('refuses %s', (text, message) => {
    using home = folderWith({ [file]: text });
    expect(() => readContext({ HOME: home.root })).toThrow(message);
  });

  it('needs a home', () => {
    expect(() => readContext({})).toThrow('failed to get home directory');
  });
});
