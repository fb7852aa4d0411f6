import { describe, expect, it } from 'vitest';
import { entriesForRelease } from '../../../../src/openchoreo/repository/entries-for-release.ts';
import { scannedKinds } from '../../../../src/openchoreo/repository/entry.ts';
import { recogniseText, recogniseValue } from '../../../../src/openchoreo/repository/recognise.ts';
import { openRepository } from '../../../../src/openchoreo/repository/repository.ts';
import { createScan, isManifestPath } from '../../../../src/openchoreo/repository/scan.ts';
import { decodeText } from '../../../../src/openchoreo/yaml/decode.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';

const head = 'apiVersion: openchoreo.dev/v1alpha1\n';
const workload = `${head}kind: Workload\nmetadata:\n  name: web\n  namespace: default\nspec:\n  owner:\n    projectName: shop\n    componentName: web\n`;

function scanned(files: Readonly<Record<string, string>>) {
  const scan = createScan();
  for (const [path, text] of Object.entries(files)) scan.add(path, text);
  return scan;
}

describe('isManifestPath', () => {
  it.each([
    ['a.yaml', true],
    ['x/.hidden.YML', true],
    ['a.json', false],
    ['.github/a.yaml', false],
    ['x/node_modules/y/a.yaml', false],
    ['build/a.yaml', false],
    ['builds/build.yaml', true],
  ])('says of %s: %s', (path, counts) => {
    expect(isManifestPath(path)).toBe(counts);
  });
});

describe('recogniseText', () => {
  it('is sure of a plain file without parsing it', () => {
    expect(recogniseText(workload)).toEqual({
      kind: 'Workload',
      name: 'web',
      namespace: 'default',
      project: 'shop',
      component: 'web',
    });
  });

  it.each([
    workload,
    `---\n# c\n${workload}`,
    workload.replaceAll('\n', '\r\n'),
    workload.replace('name: web', 'name: "web" # c').replace('metadata:', 'metadata: # c'),
    workload.replace('metadata:\n', 'metadata:\n  annotations:\n    name: other\n    note: |\n      name: third\n\n'),
    workload.replace('spec:\n', 'spec:\n  container:\n    owner:\n      projectName: no\n'),
    `${head}kind: Component\nmetadata: {name: web, namespace: default}\nspec:\n  owner: {projectName: shop}\n`,
    `${head}kind: Trait\nmetadata:\n  name: t\n`,
    `${head}kind: Namespace\nmetadata:\n  name: t\n`,
    workload.replace('name: web', 'name: on'),
    workload.replace('name: web', 'name: 12'),
    workload.replace('name: web', 'name:\n    web'),
    workload.replace('kind: Workload', '"kind": Workload'),
    workload.replace('openchoreo.dev/v1alpha1', 'openchoreo.dev/v1beta1'),
    workload.replace('spec:\n  owner:\n', 'spec:\n  # c\n\n  owner:\n# c\n'),
    `kind: Trait\n${workload}`,
    workload.replace('name: web', 'name: web\n    and more'),
    workload.replace('name: web', 'name: web\u00a0'),
    workload.replace('spec:\n', 'spec:\n |\n'),
    `${workload}<<: {kind: Trait}\n`,
    `{"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Trait", "metadata": {"name": "t"}}`,
    workload.replace('metadata:', 'x: &m\n  name: other\nmetadata: *m\ny:'),
  ])('never contradicts what parsing says (%#)', (text) => {
    const byText = recogniseText(text);
    const byValue = recogniseValue(parseYaml(text, 'x')[0]);
    expect([byValue, 'unclear']).toContainEqual(byText);
  });
});

describe('createScan', () => {
  it('finds every document of a file and counts unreadable ones', () => {
    const scan = scanned({
      'all.yaml': `${workload}---\nopenchoreo.dev: [\n---\n${workload.replace('Workload', 'Trait')}`,
    });
    expect([...scan.select('Workload', {}), ...scan.select('Trait', {})]).toMatchObject([
      { kind: 'Workload', document: 0 },
      { kind: 'Trait', document: 2 },
    ]);
    expect(scan.unplaced).toHaveLength(1);
  });

  it.each([
    ['UTF-16', decodeText(Buffer.from(`\ufeff${workload}`, 'utf16le')), 'not UTF-8'],
    ['larger than 4 MiB', workload + '# more\n'.repeat(700_000), 'larger than 4 MiB'],
  ])('leaves out a file that is %s, with a warning', (_, text, warning) => {
    const scan = scanned({ 'a.yaml': text });
    expect(scan.select('Workload', {})).toEqual([]);
    expect(scan.unplaced).toMatchObject([{ file: 'a.yaml', line: null, text: expect.stringContaining(warning) }]);
  });

  it('leaves out ignored folders and resources of others', () => {
    const scan = scanned({ 'vendor/a.yaml': workload, 'b.yaml': 'kind: Service\n', 'c.yaml': '{{ if }}\n' });
    expect(scannedKinds.flatMap((kind) => scan.select(kind, {}))).toEqual([]);
    expect(['vendor/a.yaml', 'b.yaml', 'c.yaml'].map(scan.has)).toEqual([false, true, true]);
  });
});

describe('entriesForRelease', () => {
  it('finds what the component has and what all share, not what others have', () => {
    const scan = scanned({
      'web/workload.yaml': workload,
      'other/workload.yaml': workload.replace('componentName: web', 'componentName: other'),
      'types/t.yaml': `${head}kind: ComponentType\nmetadata:\n  name: service\n`,
      'shop.yaml': `${head}kind: Project\nmetadata:\n  name: shop\n  namespace: default\n`,
      'else.yaml': `${head}kind: Project\nmetadata:\n  name: else\n  namespace: default\n`,
    });
    const entries = entriesForRelease(scan, { namespace: 'default', project: 'shop', component: 'web' });
    expect(entries.map(({ path }) => path).sort()).toEqual(['shop.yaml', 'types/t.yaml', 'web/workload.yaml']);
  });
});

describe('openRepository', () => {
  it('lets the last path and document of the same name win', () => {
    const files = { 'b.yaml': `${workload}---\n${workload}`, 'a.yaml': workload };
    const repository = openRepository(scanned(files), new Map(Object.entries(files)));
    expect(repository.find('Workload', { component: 'web' })).toMatchObject([{ path: 'b.yaml', document: 1 }]);
    expect(repository.shadowed('Workload', { component: 'web' })).toMatchObject([
      { path: 'a.yaml' },
      { path: 'b.yaml', document: 0 },
    ]);
  });

  it('reads nothing that would be changed in a file that is not UTF-8', () => {
    const files = { 'a.yaml': `${workload}---\n${decodeText(Buffer.from('a: \xe9\n', 'latin1'))}` };
    const repository = openRepository(scanned(files), new Map(Object.entries(files)));
    const [entry = expect.fail()] = repository.find('Workload', {});
    expect(() => repository.read(entry)).toThrow('a.yaml: the file is not UTF-8');
  });

  it('says which file cannot be read', () => {
    const files = { 'a.yaml': `${workload}broken: [\n` };
    const repository = openRepository(scanned(files), new Map(Object.entries(files)));
    const [entry = expect.fail()] = repository.find('Workload', {});
    expect(() => repository.read(entry)).toThrow(/^a\.yaml: line 1\d: /);
  });
});
