import { describe, expect, it } from 'vitest';
import { pipelineEnvironments } from '../../../../src/openchoreo/generate/release-binding.ts';
import { DeploymentPipeline } from '../../../../src/openchoreo/kinds/deployment-pipeline.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';

function environments(paths: string) {
  const [promotionPaths] = parseYaml(paths, 'p.yaml');
  const pipeline = {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'DeploymentPipeline',
    metadata: { name: 'p' },
    spec: { promotionPaths },
  };
  return pipelineEnvironments(DeploymentPipeline.parse(pipeline), 'p.yaml');
}

describe('pipelineEnvironments', () => {
  it('finds the root, what it reaches, and what comes before', () => {
    const { root, known, previous } = environments(`
- {sourceEnvironmentRef: stg, targetEnvironmentRefs: [{name: prod}]}
- {sourceEnvironmentRef: dev, targetEnvironmentRefs: [{name: stg}]}
- {sourceEnvironmentRef: island, targetEnvironmentRefs: [{name: atoll}]}
`);
    expect([root, [...known], previous('prod'), previous('dev')]).toEqual([
      'dev',
      ['dev', 'stg', 'prod'],
      'stg',
      undefined,
    ]);
  });

  it('lets the later of two paths with the same source win', () => {
    const paths =
      '[{sourceEnvironmentRef: dev, targetEnvironmentRefs: [{name: a}]}, {sourceEnvironmentRef: dev, targetEnvironmentRefs: [{name: b}]}]';
    expect([...environments(paths).known]).toEqual(['dev', 'b']);
  });

  it('takes a source as an object, too', () => {
    const paths = '[{sourceEnvironmentRef: {kind: Environment, name: dev}, targetEnvironmentRefs: [{name: prod}]}]';
    expect(environments(paths).root).toBe('dev');
  });

  it('does not count environments that are not named by text', () => {
    const paths =
      '[{sourceEnvironmentRef: {name: y}}, {sourceEnvironmentRef: dev, targetEnvironmentRefs: [{name: y}, stg, {name: prod}]}]';
    expect([...environments(paths).known]).toEqual(['dev', 'prod']);
  });

  it('refuses a circle', () => {
    const paths =
      '[{sourceEnvironmentRef: a, targetEnvironmentRefs: [{name: b}]}, {sourceEnvironmentRef: b, targetEnvironmentRefs: [{name: a}]}]';
    expect(() => environments(paths)).toThrow(/^p\.yaml: DeploymentPipeline p has no root environment/);
  });
});
