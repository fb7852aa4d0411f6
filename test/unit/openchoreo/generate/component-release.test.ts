import { describe, expect, it } from 'vitest';
import { releaseSpec } from '../../../../src/openchoreo/generate/component-release.ts';
import { Component } from '../../../../src/openchoreo/kinds/component.ts';
import { ComponentType } from '../../../../src/openchoreo/kinds/component-type.ts';
import { Trait } from '../../../../src/openchoreo/kinds/trait.ts';
import { Workload } from '../../../../src/openchoreo/kinds/workload.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';

const manifest = (kind: string, spec: string) => ({
  apiVersion: 'openchoreo.dev/v1alpha1',
  kind,
  metadata: { name: 'web' },
  spec: parseYaml(spec, kind)[0],
});

function released({ component = '', type = '', trait = '{}', container = '{image: r/web:1}' }): unknown {
  const parsed = Component.parse(
    manifest('Component', `owner: {projectName: shop}\ncomponentType: {name: deployment/service}\n${component}`),
  );
  const entry = {
    path: '',
    version: '',
    document: 0,
    kind: 'Component' as const,
    name: 'web',
    namespace: '',
    project: '',
    component: '',
  };
  const spec = releaseSpec(
    {
      dialect: 'v0.16',
      entry,
      place: 'component.yaml',
      component: parsed,
      type: ComponentType.parse(manifest('ComponentType', `workloadType: deployment\n${type}`)),
      typeKind: 'ComponentType',
      typeName: 'deployment/service',
      traits: component.includes('traits')
        ? [{ kind: 'Trait', name: 'vol', trait: Trait.parse(manifest('Trait', trait)) }]
        : [],
      sources: [],
    },
    Workload.parse(
      manifest(
        'Workload',
        `owner: {projectName: shop, componentName: web}\nendpoints: {a: {type: HTTP, port: 80}}\ncontainer: ${container}`,
      ),
    ),
  );
  return parseYaml(writeYaml(spec), 'release')[0];
}

describe('releaseSpec', () => {
  it('holds the least of a component without settings, and no endpoints', () => {
    expect(released({})).toEqual({
      owner: { componentName: 'web', projectName: 'shop' },
      componentType: { workloadType: 'deployment', schema: {}, resources: null },
      workload: { container: { image: 'r/web:1' } },
    });
  });

  it('has no container where there is no image', () => {
    expect(released({ container: '{command: [a]}' })).toMatchObject({ workload: { container: null } });
  });

  it.each(['{}', '~', '[1]', 'text'])('leaves out the parameters %s', (parameters) => {
    expect(released({ component: `parameters: ${parameters}` })).not.toHaveProperty('componentProfile');
  });

  it('keeps of a type its resources and schema, parts that are no mapping as null', () => {
    const type = `
schema: {parameters: {a: integer}, types: text, envOverrides: ~}
allowedTraits: [{name: vol}]
validations: [{rule: x, message: m}]
resources: [{id: a, includeWhen: "", forEach: f, var: v, targetPlane: p, template: {on: null}}]
`;
    expect(released({ type })).toMatchObject({
      componentType: {
        workloadType: 'deployment',
        schema: { parameters: { a: 'integer' }, types: null },
        resources: [{ id: 'a', forEach: 'f', var: 'v', targetPlane: 'p', template: { true: null } }],
      },
    });
  });

  it('reduces traits as the original tool does', () => {
    const component = 'traits: [{kind: Trait, name: vol, instanceName: d, parameters: {}}, {name: vol}]';
    const trait = `
validations: [{rule: x, message: m}]
creates: [{forEach: f, var: v, includeWhen: w, template: {kind: PVC}}]
patches:
- target: {kind: S, version: v1}
  operations: [{op: add, path: /a, value: {k: 1}}, {op: add, path: /b, value: [1]}, {op: remove, path: /c}]
`;
    expect(released({ component, trait })).toMatchObject({
      componentProfile: {
        traits: [
          { name: 'vol', instanceName: 'd', parameters: {} },
          { name: 'vol', instanceName: '' },
        ],
      },
      traits: {
        vol: {
          creates: [{ template: { kind: 'PVC' } }],
          patches: [
            {
              target: { group: '', kind: 'S', version: 'v1' },
              operations: [
                { op: 'add', path: '/a', value: { k: 1 } },
                { op: 'add', path: '/b', value: null },
                { op: 'remove', path: '/c' },
              ],
            },
          ],
        },
      },
    });
    expect(JSON.stringify(released({ component, trait }))).not.toMatch(/includeWhen|validations|forEach/);
  });
});
