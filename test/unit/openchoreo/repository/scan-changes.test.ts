import fc, { array, constantFrom, oneof, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scannedKinds } from '../../../../src/openchoreo/repository/entry.ts';
import { openRepository } from '../../../../src/openchoreo/repository/repository.ts';
import { createScan, type RepositoryScan } from '../../../../src/openchoreo/repository/scan.ts';

const names = constantFrom('web', 'api', 'service', 'on');
const document = record({
  kind: constantFrom(...scannedKinds, 'Service'),
  name: names,
  namespace: constantFrom('default', 'other', ''),
  owner: record({ project: constantFrom('shop', 'store'), component: names }),
}).map(
  ({ kind, name, namespace, owner }) =>
    `apiVersion: openchoreo.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  owner: {projectName: ${owner.project}, componentName: ${owner.component}}\n`,
);
const broken = constantFrom('openchoreo.dev: [\n', 'openchoreo.dev: {{ template }}\n', '');
const text = array(oneof({ weight: 4, arbitrary: document }, broken), { maxLength: 3 }).map((all) => all.join('---\n'));
const path = tuple(constantFrom('', 'a/', 'a/b/', 'vendor/'), constantFrom('x.yaml', 'y.yml', 'z.txt')).map((parts) =>
  parts.join(''),
);
/** A file is written, goes, or moves. */
const change = oneof(record({ write: path, text }), record({ remove: path }), record({ from: path, to: path }));

function fullScan(files: ReadonlyMap<string, string>): RepositoryScan {
  const scan = createScan();
  for (const [name, content] of files) scan.add(name, content, `version of ${content}`);
  return scan;
}

/** All that anybody can ask of a scan. */
function answers(scan: RepositoryScan, files: ReadonlyMap<string, string>) {
  const { find, shadowed } = openRepository(scan, files);
  const fields = [
    {},
    ...['web', 'api', 'service', 'true'].flatMap((name) => [
      { name },
      { name, namespace: 'default' },
      { component: name },
      { component: name, project: 'shop' },
    ]),
  ];
  return {
    found: scannedKinds.flatMap((kind) => fields.map((wanted) => [find(kind, wanted), shadowed(kind, wanted)])),
    paths: ['', 'a/', 'a/b/', 'vendor/'].flatMap((folder) =>
      ['x.yaml', 'y.yml', 'z.txt'].map((file) => scan.has(folder + file)),
    ),
    size: scan.size,
    unplaced: scan.unplaced,
  };
}

describe('a scan that follows changes', () => {
  it('says after each of them what a scan of all files says', () => {
    const sequence = array(array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      property(sequence, (commits) => {
        const files = new Map<string, string>();
        const kept = createScan();
        const write = (name: string, content: string) => {
          files.set(name, content);
          kept.add(name, content, `version of ${content}`);
        };
        const remove = (name: string) => {
          files.delete(name);
          kept.remove(name);
        };
        for (const changes of commits) {
          for (const one of changes) {
            if ('write' in one) write(one.write, one.text);
            else if ('remove' in one) remove(one.remove);
            else {
              const moved = files.get(one.from);
              remove(one.from);
              if (moved !== undefined) write(one.to, moved);
            }
          }
          expect(answers(kept, files)).toEqual(answers(fullScan(files), files));
        }
      }),
      { seed: 5, numRuns: 80 },
    );
  });
});
