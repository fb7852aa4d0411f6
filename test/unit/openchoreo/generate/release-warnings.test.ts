import { describe, expect, it } from 'vitest';
import { type Files, folder, release, shop, workloadByHand } from './shop.ts';

const platform = 'namespaces/default/platform';
const workload = `${folder}/workload.yaml`;
const withWorkload: Files = { ...shop, [workload]: workloadByHand };
const later = 'parameters: {}\n  allowedTraits: [{name: volume}]\n';

/** The warnings of a release, where these texts stand at the end of these files. */
function warnings(more: Files, files: Files = withWorkload): readonly string[] {
  const added = Object.entries(more).map(([path, text]) => [path, `${files[path] ?? ''}${text}`]);
  return release({ ...files, ...Object.fromEntries(added) }).warnings;
}

describe('a release warns of what it does not hold', () => {
  const lost = 'a release of dialect v0.16 does not hold';

  it.each<[string, Files, readonly string[]]>([
    [
      'a type with embedded traits, validations and unknown fields',
      {
        [`${platform}/service.yaml`]:
          '  traits: [{name: volume}]\n  validations: [{rule: x}]\n  more: 1\n  allowedTraits: []\n',
      },
      [`${platform}/service.yaml: line 11: ComponentType service: ${lost} spec.traits, spec.validations, spec.more`],
    ],
    [
      'a trait that repeats what it creates and patches with a list',
      {
        [`${platform}/volume.yaml`]:
          '    forEach: x\n    var: item\n  - template: {}\n    forEach: z\n  patches:\n  - operations: [{op: add, path: /a, value: [1]}]\n',
      },
      [
        `${platform}/volume.yaml: line 9: Trait volume: ${lost} spec.creates[].forEach, spec.creates[].var, spec.patches[].operations[].value`,
      ],
    ],
    [
      'a component with a trait of the cluster',
      { [`${folder}/component.yaml`]: '  - {kind: ClusterTrait, name: volume, instanceName: logs}\n' },
      [`${folder}/component.yaml: line 12: Component web: ${lost} spec.traits[].kind`],
    ],
    [
      'a Workload with connections and unknown fields',
      { [workload]: '    limits: {cpu: 1}\n  connections: {db: {type: api}}\n' },
      [`${workload}: line 14: Workload web-main: ${lost} spec.container.limits, spec.connections`],
    ],
    ['a Workload with empty fields', { [workload]: '    args: []\n  endpoints: {}\n' }, []],
    [
      'a variable without a value',
      { [workload]: '    - key: EMPTY\n      value: ""\n    files: [{key: f, mountPath: /f}]\n' },
      [
        `${workload}: line 14: environment variable EMPTY has no value, which the cluster refuses`,
        `${workload}: line 16: file f has no value, which the cluster refuses`,
      ],
    ],
    [
      'v1.2, which holds nearly all',
      {
        [`${platform}/service.yaml`]: `  ${later}  validations: [{rule: x}]\n  schema: {types: {a: b}}\n`,
        [workload]: '    - key: EMPTY\n  endpoints: {a: {type: HTTP, port: 80}}\n',
      },
      [`${platform}/service.yaml: line 14: ComponentType service: ${lost.replace('v0.16', 'v1.2')} spec.schema`],
    ],
  ])('%s', (_, more, expected) => {
    expect(warnings(more)).toEqual(expected);
  });

  it('but not of a component that has neither traits nor parameters', () => {
    const file = `${folder}/component.yaml`;
    const [bare = ''] = (shop[file] ?? '').split(/^ {2}(?:traits|parameters):/m);

    expect(warnings({}, { ...withWorkload, [file]: bare })).toEqual([]);
  });
});

describe('a release warns of what reads differently from how it looks', () => {
  it.each<[string, Files, readonly string[]]>([
    [
      'names of environments that are booleans',
      {
        [`${platform}/standard.yaml`]: '  - sourceEnvironmentRef: production\n    targetEnvironmentRefs: [{name: y}]\n',
      },
      [`${platform}/standard.yaml: line 11: name: y is read as true, put it in quotes`],
    ],
    [
      'keys that are numbers or booleans, or there twice',
      { [`${folder}/component.yaml`]: '  parameters:\n    on: 1\n    0x10: 1\n    "16": 2\n    8080: 1\n' },
      [
        `${folder}/component.yaml: line 13: the key on is read as "true", put it in quotes`,
        `${folder}/component.yaml: line 14: the key 0x10 is read as "16", put it in quotes`,
        `${folder}/component.yaml: line 15: the key "16" is there more than once, the last counts`,
      ],
    ],
  ])('%s', (_, more, expected) => {
    expect(warnings(more)).toEqual(expected);
  });

  it('what no Workload takes up of a descriptor, or takes up once', () => {
    const text = `kind: Workload
metadata: {name: x}
endpoints:
- {name: a, type: TCP, port: 80, context: /}
- {name: a, type: TCP, port: 81}
dependencies: {endpoints: [{name: x}]}
connections: [~]
more: 1
configurations:
  env:
  - {name: A, value: x, valueFrom: {secretKeyRef: {name: s, key: k}}}
  - {name: B, value: x, valueFrom: {path: p}}
`;
    const { warnings: found } = release(shop, { descriptor: { path: 'app/w.yaml', text, files: new Map() } });
    expect(found.filter((warning) => warning.startsWith('app/'))).toEqual([
      'app/w.yaml: line 4: the Workload does not take up endpoints[].context, dependencies, more, configurations.env[].value, configurations.env[].valueFrom',
      'app/w.yaml: line 4: endpoints: "a" is there more than once, the last counts',
    ]);
  });

  it('values of a descriptor that become other texts', () => {
    const text = `endpoints:
- {name: on, type: TCP, port: 0x50}
configurations:
  env:
  - {name: MODE, value: 0755}
  - {name: VERSION, value: 1.10}
  - {name: COUNT, value: 7}
  - {name: EMPTY}
`;
    const { warnings: found } = release(shop, { descriptor: { path: 'app/w.yaml', text, files: new Map() } });
    expect(found.filter((warning) => warning.startsWith('app/'))).toEqual([
      'app/w.yaml: line 2: name: on is read as "true", put it in quotes',
      'app/w.yaml: line 5: value: 0755 is read as "493", put it in quotes',
      'app/w.yaml: line 6: value: 1.10 is read as "1.1", put it in quotes',
      'app/w.yaml: line 8: environment variable EMPTY has no value, which the cluster refuses',
    ]);
  });
});
