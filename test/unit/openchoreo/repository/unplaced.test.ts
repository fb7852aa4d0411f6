import { describe, expect, it } from 'vitest';
import { createScan } from '../../../../src/openchoreo/repository/scan.ts';

const head = 'apiVersion: openchoreo.dev/v1alpha1\n';
const owner = 'spec:\n  owner:\n    projectName: shop\n    componentName: web\n';

function unplaced(text: string) {
  const scan = createScan();
  scan.add('a.yaml', text);
  return scan.unplaced;
}

describe('documents that count for nothing', () => {
  it.each<[string, number, string, string]>([
    [`${head}metadata: {name: web}\n`, 1, 'kind is missing: the document is left out', ''],
    [`# top\n\n${head}kind: Trait\n`, 3, 'metadata.name is missing: the document is left out', ''],
    [
      `${head}kind: Trait\nmetadata:\n  name: y\n`,
      4,
      'metadata.name is true, not text, put it in quotes: the document is left out',
      '',
    ],
    [`${head}kind: Trait\nmetadata: {name: {}}\n`, 3, 'metadata.name is no text: the document is left out', ''],
    [
      `${head}kind: workload\nmetadata: {name: web}\n${owner}`,
      2,
      'kind workload is not known, write Workload: the document is left out',
      'web',
    ],
    [
      'kind: Trait\nmetadata: {name: a}\n# openchoreo.dev\n',
      1,
      'apiVersion is not openchoreo.dev/v1alpha1: the document is left out',
      '',
    ],
    [
      'apiVersion: openchoreo.dev/v9\nkind: Trait\nmetadata: {name: a}\n',
      1,
      'apiVersion is not openchoreo.dev/v1alpha1: the document is left out',
      '',
    ],
    [
      `apiVersion: v1\nkind: List\nitems:\n- ${head}  kind: Trait\n`,
      3,
      'items of a List are not read, write each as a document: the document is left out',
      '',
    ],
    [
      `${head}kind: Workload\nmetadata:\n  name: web\n${owner.replace('web', '7')}`,
      8,
      'spec.owner.componentName is 7, not text, put it in quotes: the document is found for no component',
      '7',
    ],
    [
      `${head}kind: ReleaseBinding\nmetadata:\n  name: web\nspec:\n  environment: dev\n`,
      5,
      'spec.owner.projectName is missing: the document is found for no project',
      '',
    ],
    [
      `${head}kind: Component\nmetadata:\n  name: web\n${owner}`,
      3,
      'metadata.namespace is missing: the document is found for no namespace',
      'web',
    ],
    [
      `${head}kind: Component\nmetadata:\n  name: web\n  namespace: default\n`,
      1,
      'spec.owner.projectName is missing: the document is found for no project',
      'web',
    ],
    [
      `${head}kind: Trait\nmetadata: {name: a}\nspec: {{ x }}\n`,
      4,
      'templates ({{ … }}) are not read: the document is left out',
      '',
    ],
    [`{{ if x }}\n${head}{{ end }}\n`, 1, 'templates ({{ … }}) are not read: the document is left out', ''],
    [
      `${head}kind: Trait\nmetadata: {name: a}\n---- b\n`,
      4,
      'text after "---" is not supported: the document is left out',
      '',
    ],
  ])('%j', (text, line, problem, component) => {
    expect(unplaced(text)).toEqual([{ file: 'a.yaml', line, text: problem, component }]);
  });

  it.each([
    `${head}kind: Environment\n`,
    'apiVersion: apps/v1\nkind: Component\n# openchoreo.dev\n',
    'apiVersion: v1\nkind: List\nitems: [{kind: Service}] # openchoreo.dev\n',
    'resources: [openchoreo.dev]\n',
    `${head}kind: ReleaseConfig\n`,
    '{{ if x }}\n{{ end }}\n',
  ])('leaves alone what is not ours: %j', (text) => {
    expect(unplaced(text)).toEqual([]);
  });
});
