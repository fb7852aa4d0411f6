import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkload } from '../../../../src/occ/create-workload.ts';
import { generateRelease } from '../../../../src/occ/generate-release.ts';
import { readTree } from '../../../../src/occ/tree.ts';
import { isMapping } from '../../../../src/openchoreo/yaml/compose.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { releasable } from '../../../support/gitops-repositories.ts';
import { folderWith } from '../../../support/occ-tree.ts';
import { runs } from '../../../support/properties.ts';
import { digest, merged, release } from './shop.ts';

const image = `registry.example/web:1-11111111@${digest('b')}`;

const descriptor = {
  path: 'app/workload.yaml',
  text: 'endpoints: [{name: api, type: HTTP, port: 80, schemaFile: api.yaml}]\nconfigurations: {env: [{name: A, value: on}]}\n',
  files: new Map([['app/api.yaml', 'openapi: 3.0.0\n']]),
};

describe('a release of a run, in any repository', () => {
  it('is complete: the same again changes nothing, and what is not its own stays', () => {
    fc.assert(
      fc.property(releasable, fc.constantFrom(null, descriptor), ([{ files }, owner], given) => {
        const first = release(files, { ...owner, descriptor: given });
        const after = merged(files, first);
        const again = release(after, { ...owner, descriptor: given, commit: '2'.repeat(40), run: 'default/other' });
        expect([...again.files.keys()]).toEqual([]);
        expect(again.release.name).toBe(first.release.name);
        const changed = Object.keys(files).filter((path) => after[path] !== files[path]);
        expect([[], [first.workload.path]]).toContainEqual(changed);
      }),
      runs(50),
    );
  });

  it('never changes a release that is there', () => {
    fc.assert(
      fc.property(releasable, ([{ files }, owner]) => {
        const first = merged(files, release(files, owner));
        const second = release(first, { ...owner, image: `registry.example/web:2@${digest('c')}` });
        expect(second.release.reused).toBe(false);
        expect(first).not.toHaveProperty([second.release.path]);
      }),
      runs(50),
    );
  });

  it('has the content that the commands give', () => {
    fc.assert(
      fc.property(releasable, fc.constantFrom(null, descriptor), ([{ files }, owner], given) => {
        const ofRun = release(files, { ...owner, descriptor: given });
        const source = { 'src/app/workload.yaml': descriptor.text, 'src/app/api.yaml': 'openapi: 3.0.0\n' };
        using folder = folderWith(files);
        using sources = folderWith(source);
        const path = given ? join(sources.root, 'src/app/workload.yaml') : undefined;
        const request = { ...owner, image, descriptor: path, output: '' };
        const workload = createWorkload(readTree(folder.root), request, () => {});
        expect(workload.change.path).toBe(join(folder.root, ofRun.workload.path));

        using tree = folderWith({ ...files, [ofRun.workload.path]: workload.change.text });
        const config = { releases: () => '', bindings: () => '' };
        const asked = {
          name: ofRun.release.name,
          outputPath: 'releases',
          config,
          today: '20260102',
          bulk: false,
          largestNumber: () => 0,
        };
        const made = generateRelease(readTree(tree.root), { ...owner, ...asked, dryRun: false }, () => {});
        expect(specOf(made.manifest)).toEqual(specOf(ofRun.files.get(ofRun.release.path) ?? ''));
      }),
      runs(20),
    );
  });
});

function specOf(text: string): unknown {
  const [value] = parseYaml(text, 'x');
  return isMapping(value) ? value['spec'] : undefined;
}
