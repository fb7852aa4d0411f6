import { describe, expect, it } from 'vitest';
import { createFileCatalog } from '../../../src/catalog/file-catalog.ts';

const component = (name: string, url: string, namespace = 'default') =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  autoBuild: true\n  workflow:\n    systemParameters:\n      repository:\n        url: ${url}\n`;

/** A catalog of texts by path, which may change; counts the readings of each file. */
function catalogOf(texts: Map<string, string>) {
  const readings = new Map<string, number>();
  const catalog = createFileCatalog('sample', {
    list: async () => [...texts].map(([path, text]) => ({ path, version: `${path} ${text}` })),
    async *read(files) {
      for (const file of files) {
        readings.set(file.path, (readings.get(file.path) ?? 0) + 1);
        const text = texts.get(file.path);
        if (text !== undefined) yield { file, text };
      }
    },
  });
  const names = async (...paths: string[]) => (await catalog.components(paths)).map(({ name }) => name);
  return { catalog, readings, names };
}

describe('the components of a repository', () => {
  it('are found by its path, on whatever host and in whatever form', async () => {
    const { catalog, names } = catalogOf(
      new Map([
        ['a.yaml', component('a', 'https://github.com/org/repo')],
        ['b.yaml', component('b', 'git@git.acme.io:Org/Repo.git')],
        ['c.yaml', component('c', 'https://github.com/org/other', 'team-c')],
      ]),
    );

    expect(await names('org/repo')).toEqual(['a', 'b']);
    expect(await names('org/repo', 'org/other', 'org/repo')).toEqual(['a', 'b', 'c']);
    expect(await names()).toEqual([]);
    expect((await catalog.components()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(await catalog.namespaces()).toEqual(['default', 'team-c']);
  });

  it('are read and parsed once, and those of others not at all', async () => {
    const texts = new Map(
      Array.from({ length: 100 }, (_, at) => [`${at}.yaml`, component(`c${at}`, `https://a.io/org/${at}`)]),
    );
    const { catalog, readings } = catalogOf(texts);
    const [first] = await catalog.components(['org/7']);
    const [again] = await catalog.components(['org/7']);

    expect(again?.value).toBe(first?.value);
    expect(await catalog.find('Component', 'default', 'c7')).toBe(first?.value);
    // Once for the index and once more when it is asked for.
    expect(readings.get('7.yaml')).toBe(2);
    expect(readings.get('8.yaml')).toBe(1);
  });

  it('include those of which only a parser can tell', async () => {
    const { names } = catalogOf(
      new Map([['a.yaml', component('a', '&address\n          https://github.com/org/repo')]]),
    );
    expect(await names('any/thing')).toEqual(['a']);
  });

  it('follow what changes', async () => {
    const texts = new Map([['a.yaml', component('a', 'https://github.com/org/repo')]]);
    const { names } = catalogOf(texts);
    expect(await names('org/repo')).toEqual(['a']);
    texts.set('a.yaml', component('a', 'https://github.com/org/moved'));

    expect(await names('org/repo')).toEqual([]);
    expect(await names('org/moved')).toEqual(['a']);
  });

  it('are told without a value where they cannot be read', async () => {
    const broken = `${component('a', 'https://github.com/org/repo')}  broken: [\n`;
    const { catalog } = catalogOf(new Map([['a.yaml', broken]]));
    expect(await catalog.components(['org/repo'])).toEqual([{ namespace: 'default', name: 'a', value: undefined }]);
  });
});

describe('a catalog as it stands', () => {
  it('does not see what changes later', async () => {
    const texts = new Map([['a.yaml', component('a', 'https://github.com/org/repo')]]);
    const { catalog } = catalogOf(texts);
    const now = await catalog.now();
    texts.set('b.yaml', component('b', 'https://github.com/org/repo'));

    expect((await now.components(['org/repo'])).map(({ name }) => name)).toEqual(['a']);
    expect(await now.names('Component', 'default')).toEqual(['a']);
    expect(await now.find('Component', 'default', 'b')).toBeUndefined();
    expect(await (await now.now()).names('Component', 'default')).toEqual(['a']);
    expect(await catalog.names('Component', 'default')).toEqual(['a', 'b']);
  });
});

describe('the file of a resource', () => {
  it('is told with its text, and with none of what is not there', async () => {
    const text = component('a', 'https://github.com/org/repo');
    const { catalog } = catalogOf(new Map([['team/a.yaml', text]]));

    expect(await catalog.textOf?.('Component', 'default', 'a')).toEqual({ path: 'team/a.yaml', text });
    expect(await catalog.textOf?.('Component', 'default', 'b')).toBeUndefined();
  });
});
