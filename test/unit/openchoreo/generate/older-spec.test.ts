import { describe, expect, it } from 'vitest';
import { olderSpec } from '../../../../src/openchoreo/generate/older-spec.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';

const kept = { workloadType: 'deployment', resources: [{ id: 'deployment' }] };
const older = {
  componentType: { kind: 'ComponentType', name: 'deployment/service', spec: kept },
  componentProfile: { traits: [{ kind: 'Trait', name: 'volume', instanceName: 'a' }] },
  traits: [{ kind: 'Trait', name: 'volume', spec: { creates: [] } }],
  workload: { container: { image: 'x' }, dependencies: { endpoints: [{ name: 'api' }] } },
};

describe('olderSpec', () => {
  it('leaves out what older versions did not write, and nothing else', () => {
    const spec = {
      ...older,
      componentType: {
        ...older.componentType,
        spec: {
          ...kept,
          allowedTraits: [],
          allowedWorkflows: [],
          traits: [],
          validations: [],
          preRenderValidations: [],
        },
      },
      traits: [
        { kind: 'ClusterTrait', name: 'embedded', spec: {} },
        { kind: 'Trait', name: 'volume', spec: { creates: [], postRenderValidations: [] } },
      ],
      workload: {
        container: { image: 'x' },
        dependencies: { endpoints: [{ name: 'api' }], resources: [{ ref: 'db' }] },
      },
    };
    expect(writeYaml(olderSpec(spec))).toBe(writeYaml(older));
    expect(writeYaml(olderSpec(older))).toBe(writeYaml(older));
  });

  it('takes a spec without traits and dependencies as it is', () => {
    const small = { componentType: { spec: kept }, workload: { dependencies: { resources: [] } } };
    expect(writeYaml(olderSpec(small))).toBe(writeYaml({ componentType: { spec: kept }, workload: {} }));
    expect(olderSpec(null)).toBeNull();
  });
});
