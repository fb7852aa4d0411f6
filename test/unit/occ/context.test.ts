import { describe, expect, it } from 'vitest';
import { readContext } from '../../../src/occ/context.ts';
import { readReleaseConfig } from '../../../src/occ/release-config.ts';
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

describe('readReleaseConfig', () => {
  const head = 'apiVersion: openchoreo.dev/v1alpha1\nkind: ReleaseConfig\n';

  it('knows the folder of a component, of a project, of all', () => {
    using folder = folderWith({
      'release-config.yaml': `${head}componentReleaseDefaults: {defaultOutputDir: all, projects: {p: {defaultOutputDir: one, components: {c: own}}, q: {components: {c: ""}}}}`,
    });
    const { releases, bindings } = readReleaseConfig(folder.root);
    expect([releases('p', 'c'), releases('p', 'd'), releases('q', 'c'), releases('constructor', 'c')]).toEqual([
      'own',
      'one',
      'all',
      'all',
    ]);
    expect(bindings('p', 'c')).toBe('');
  });

  it.each(['kind: ReleaseConfig', `${head}x: [`, `${head.replace('ReleaseConfig', 'Other')}`])('refuses %j', (text) => {
    using folder = folderWith({ 'release-config.yaml': text });
    expect(() => readReleaseConfig(folder.root)).toThrow('release-config.yaml');
  });
});
