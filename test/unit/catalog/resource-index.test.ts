import { describe, expect, it } from 'vitest';
import { indexFile, isCatalogPath } from '../../../src/catalog/resource-index.ts';

const version = 'apiVersion: openchoreo.dev/v1alpha1';
const key = { kind: 'Component', namespace: 'default', name: 'shop', sourcePaths: [] };

describe('indexFile', () => {
  it.each([
    ['block style', `${version}\nkind: Component\nmetadata:\n  name: shop\n  namespace: default\nspec: {}\n`],
    [
      'quotes and comments',
      `${version} # x\nkind: "Component"\nmetadata: # y\n    labels: {}\n    name: 'shop' # z\nspec: {}\n`,
    ],
    ['Windows line ends', `${version}\r\nkind: Component\r\nmetadata:\r\n  name: shop\r\nspec: {}\r\n`],
    ['flow style', `{apiVersion: openchoreo.dev/v1alpha1, kind: Component, metadata: {name: shop}}`],
    ['flow metadata', `${version}\nkind: Component\nmetadata: {name: shop}\n`],
    ['metadata at the end without a newline', `kind: Component\n${version}\nmetadata:\n  name: shop`],
    [
      'nested names first',
      `${version}\nkind: Component\nmetadata:\n  labels:\n    name: other\n  name: shop\nspec:\n  workflow:\n    name: x\n`,
    ],
    ['anchors', `${version}\nkind: Component\nmetadata:\n  name: &n shop\nspec: {x: *n}\n`],
    ['an empty line and a comment in metadata', `${version}\nkind: Component\nmetadata:\n# no\n\n  name: shop\n`],
    [
      'a first document of another kind',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n${version}\nkind: Component\nmetadata:\n  name: shop\n`,
    ],
    ['JSON', `{"apiVersion":"openchoreo.dev/v1alpha1","kind":"Component","metadata":{"name":"shop"}}`],
  ])('finds a resource in %s', (_, text) => {
    expect(indexFile(text, 'a.yaml')).toEqual({ keys: [key], unreadable: [] });
  });

  it.each(['', '\n  namespace: default'])('finds a type of the whole cluster in no namespace (%j)', (namespace) => {
    for (const metadata of [`\n  name: service${namespace}\nspec: {}`, ' {name: service, namespace: x}'])
      expect(indexFile(`${version}\nkind: ClusterComponentType\nmetadata:${metadata}\n`, 'a.yaml').keys).toEqual([
        { kind: 'ClusterComponentType', namespace: '', name: 'service', sourcePaths: [] },
      ]);
  });

  it.each([
    ['another API', 'apiVersion: example.com/v1\nkind: Component\nmetadata:\n  name: shop\n'],
    ['another kind', `${version}\nkind: Workload\nmetadata:\n  name: Component\n`],
    [
      'a text inside',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ${version}\n    kind: Component\n    metadata:\n      name: shop\n`,
    ],
    ['a name that is a number', `${version}\nkind: Component\nmetadata:\n  name: 123\n`],
    ['no name', `${version}\nkind: Component\nmetadata:\n  labels: {}\n`],
  ])('finds nothing in %s', (_, text) => {
    expect(indexFile(text, 'a.yaml').keys).toEqual([]);
  });

  it('keeps what it cannot read apart from its neighbours', () => {
    const index = indexFile(
      `${version}\nkind: Component\nmetadata: {name: [\n---\n${version}\nkind: Component\nmetadata:\n  name: shop\n`,
      'a.yaml',
    );

    expect(index.keys).toEqual([key]);
    expect(index.unreadable).toEqual([
      { text: expect.stringContaining('name: ['), error: expect.objectContaining({ type: 'ManifestInvalid' }) },
    ]);
  });
});

describe('isCatalogPath', () => {
  it.each([
    ['a/b.yaml', true],
    ['B.YML', true],
    ['a/.hidden.yaml', true],
    ['.github/a.yaml', false],
    ['a/node_modules/b/c.yaml', false],
    ['build/a.yaml', false],
    ['a.json', false],
    ['yaml', false],
  ])('says of %s: %j', (path, answer) => {
    expect(isCatalogPath(path)).toBe(answer);
  });
});
