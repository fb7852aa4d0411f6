import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryCatalog } from '../../../src/catalog/directory-catalog.ts';

const resource = (kind: string, name: string, note = '') =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: team\nspec:\n  note: "${note}"\n`;

describe('createDirectoryCatalog', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-catalog-'));
    await mkdir(join(folder, 'namespaces/team/projects'), { recursive: true });
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'node_modules'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = (path: string, text: string) => writeFile(join(folder, path), text);

  it('finds resources of every kind below the folder', async () => {
    await write(
      'namespaces/team/projects/shop.yaml',
      `${resource('Project', 'shop')}---\n${resource('Component', 'api')}`,
    );
    await write(
      'namespaces/team/type.yml',
      `${resource('ComponentType', 'service')}---\n${resource('ComponentWorkflow', 'docker')}`,
    );
    await write('.git/hidden.yaml', resource('Component', 'hidden'));
    await write('node_modules/x.yaml', resource('Component', 'dependency'));
    const catalog = createDirectoryCatalog(folder);

    expect(await catalog.find('Component', 'team', 'api')).toMatchObject({ metadata: { name: 'api' } });
    expect(await catalog.find('Project', 'team', 'shop')).toMatchObject({ kind: 'Project' });
    expect(await catalog.find('ComponentType', 'team', 'service')).toBeDefined();
    expect(await catalog.find('ComponentWorkflow', 'team', 'docker')).toBeDefined();
    expect(await catalog.find('Component', 'default', 'api')).toBeUndefined();
    expect(await catalog.names('Component', 'team')).toEqual(['api']);
    expect(catalog.description).toBe(`folder ${folder}`);
  });

  it('sees what is changed, added and removed between two calls', async () => {
    await write('a.yaml', resource('Component', 'a', 'one'));
    const catalog = createDirectoryCatalog(folder);
    expect(await catalog.find('Component', 'team', 'a')).toMatchObject({ spec: { note: 'one' } });

    await write('a.yaml', resource('Component', 'a', 'two'));
    await write('b.yaml', resource('Component', 'b'));
    expect(await catalog.find('Component', 'team', 'a')).toMatchObject({ spec: { note: 'two' } });
    expect(await catalog.names('Component', 'team')).toEqual(['a', 'b']);

    await rm(join(folder, 'a.yaml'));
    expect(await catalog.find('Component', 'team', 'a')).toBeUndefined();
  });

  it('reads a mounted ConfigMap, whose files are links', async () => {
    await mkdir(join(folder, '..2026_01'));
    await write('..2026_01/a.yaml', resource('Component', 'a'));
    await symlink('..2026_01', join(folder, '..data'));
    await symlink('..data/a.yaml', join(folder, 'a.yaml'));
    await symlink('nowhere', join(folder, 'broken.yaml'));

    expect(await createDirectoryCatalog(folder).names('Component', 'team')).toEqual(['a']);
  });

  it('lets the last by path count, and the last document in a file', async () => {
    await write('a.yaml', resource('Component', 'x', 'a'));
    await write('b.yaml', `${resource('Component', 'x', 'b1')}---\n${resource('Component', 'x', 'b2')}`);

    expect(await createDirectoryCatalog(folder).find('Component', 'team', 'x')).toMatchObject({ spec: { note: 'b2' } });
  });

  it('names the file where what is missing may be in a document that cannot be read', async () => {
    await write(
      'a.yaml',
      'apiVersion: openchoreo.dev/v1alpha1\nkind: Component\nmetadata: {name: api, namespace: team\n',
    );
    const catalog = createDirectoryCatalog(folder);

    await expect(catalog.find('Component', 'team', 'api')).rejects.toThrow(/a\.yaml: line/);
    expect(await catalog.find('Component', 'team', 'other')).toBeUndefined();
  });

  it('says which folder is missing', async () => {
    const missing = join(folder, 'nowhere');

    await expect(createDirectoryCatalog(missing).find('Component', 'team', 'api')).rejects.toThrow(missing);
  });
});
