import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDescriptorSource } from '../../../src/occ/descriptor-source.ts';
import { newWorkload } from '../../../src/openchoreo/generate/workload.ts';
import { folderWith } from '../../support/occ-tree.ts';

const target = { namespace: 'default', project: 'shop', component: 'web', image: 'r/web:1' };

/** The Workload from a descriptor in a checkout that names files. */
function workloadWith(names: readonly string[], prepare: (root: string) => void) {
  const endpoints = names.map((name, index) => ({ name: `e${index}`, type: 'HTTP', port: 80, schemaFile: name }));
  using tree = folderWith({
    'checkout/.git/HEAD': '',
    'checkout/app/workload.yaml': JSON.stringify({ endpoints }),
    secret: 's',
  });
  prepare(join(tree.root, 'checkout'));
  const source = readDescriptorSource(join(tree.root, 'checkout/app/workload.yaml'), 'v0.16', () => {});
  return newWorkload(target, source).spec.endpoints;
}

describe('the files that a descriptor names', () => {
  it('become part of the Workload, through links and from other folders of the repository, too', () => {
    const endpoints = workloadWith(['link.yaml', '../api.yaml'], (root) => {
      writeFileSync(join(root, 'api.yaml'), 'openapi: 3.0.0\n');
      symlinkSync('../api.yaml', join(root, 'app/link.yaml'));
    });
    const schema = { type: 'HTTP', content: 'openapi: 3.0.0\n' };
    expect(endpoints).toMatchObject({ e0: { schema }, e1: { schema } });
  });

  it.each<[string, readonly string[], (root: string) => void, string]>([
    ['outside of the repository', ['../../secret'], () => {}, 'is outside of the repository'],
    [
      'linked from outside',
      ['a'],
      (root) => symlinkSync('../../secret', join(root, 'app/a')),
      'is outside of the repo',
    ],
    ['a folder', ['a'], (root) => mkdirSync(join(root, 'app/a')), 'is no file'],
    ['a link to itself', ['a'], (root) => symlinkSync('a', join(root, 'app/a')), 'failed to read file: ELOOP'],
    ['missing', ['a'], () => {}, 'does not exist'],
    ['no name of a file', ['a\0b'], () => {}, 'failed to read file'],
    ['too long a name', ['a'.repeat(5000)], () => {}, 'failed to read file: ENAMETOOLONG'],
    [
      'larger than 1 MiB',
      ['a'],
      (root) => writeFileSync(join(root, 'app/a'), 'x'.repeat(1024 * 1024 + 1)),
      'is larger than 1 MiB',
    ],
    [
      'no text',
      ['a'],
      (root) => writeFileSync(join(root, 'app/a'), Buffer.from([0x89, 0x50, 0xff, 0])),
      'is not UTF-8 text',
    ],
    [
      'too large together',
      ['a', 'b'],
      (root) => {
        for (const name of ['a', 'b']) writeFileSync(join(root, 'app', name), 'x'.repeat(1024 * 1024));
      },
      'larger than 1.5 MiB together',
    ],
  ])('are refused when one is %s', (_, names, prepare, message) => {
    const failure = { type: 'DescriptorInvalid', message: expect.stringContaining(message) };
    expect(() => workloadWith(names, prepare)).toThrow(expect.objectContaining(failure));
  });
});
