import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../../src/occ/tree.ts';
import { folderWith } from '../../support/occ-tree.ts';

const project = (name: string) =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: Project\nmetadata: {name: ${name}, namespace: default}\n`;

describe('readTree', () => {
  it('sees YAML in any case and through links to files, and no hidden or built folders', () => {
    using folder = folderWith({
      'a.yaml': project('a'),
      'b/C.YML': project('c'),
      'b/dist/d.yaml': project('d'),
      '.h/e.yaml': project('e'),
      'x/f.txt': project('f'),
    });
    symlinkSync(join(folder.root, 'x/f.txt'), join(folder.root, 'linked.yaml'));
    symlinkSync('nowhere', join(folder.root, 'broken.yaml'));
    symlinkSync(join(folder.root, 'b'), join(folder.root, 'again'));
    const { repository } = readTree(folder.root);
    expect(repository.find('Project', {}).map(({ name, path }) => `${name} ${path}`)).toEqual([
      'a a.yaml',
      'c b/C.YML',
      'f linked.yaml',
    ]);
    expect(repository.unplaced).toEqual([]);
  });

  it('warns of a document that cannot be read, with file and line', () => {
    using folder = folderWith({ 'a.yaml': `${project('a')}---\napiVersion: openchoreo.dev/v1alpha1\nkind: {\n` });
    const { repository } = readTree(folder.root);
    expect(repository.find('Project', {}).map(({ name }) => name)).toEqual(['a']);
    expect(repository.unplaced).toEqual([
      { file: 'a.yaml', line: 7, text: expect.stringMatching(/: the document is left out$/), component: '' },
    ]);
  });

  it('refuses a root that does not exist', () => {
    expect(() => readTree('/nowhere/at/all')).toThrow('repo path does not exist: /nowhere/at/all');
  });
});
