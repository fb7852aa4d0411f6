import { describe, expect, it } from 'vitest';
import { catalogOf, plan, platform, sampleRun } from './sample-resources.ts';

const list =
  'allowedWorkflows: [docker-gitops-release, docker-for-developers, broken, react-gitops-release, unknown-flow]';
const planWith = (allowed: string) => {
  expect(platform).toContain(list);
  return plan(sampleRun(), { catalog: catalogOf(platform.replace(list, allowed)) });
};

describe('allowedWorkflows of a ClusterComponentType', () => {
  const ofCluster = platform
    .replace('componentType: deployment/service\n', 'componentType: { kind: ClusterComponentType, name: service }\n')
    .replace('kind: ComponentType\n', 'kind: ClusterComponentType\n');

  it('allows in every namespace what it lists, and nothing else', async () => {
    expect(await plan(sampleRun(), { catalog: catalogOf(ofCluster) })).toMatchObject({ flow: 'docker-gitops-release' });
    await expect(
      plan(sampleRun(), { catalog: catalogOf(ofCluster.replace(list, 'allowedWorkflows: [other]')) }),
    ).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('ClusterComponentType service does not allow the workflow'),
    });
  });
});

describe('allowedWorkflows of a ComponentType', () => {
  it.each([
    ['a name', 'allowedWorkflows: [docker-gitops-release]'],
    ['a mapping', 'allowedWorkflows: [{ kind: ComponentWorkflow, name: docker-gitops-release }]'],
    ['a mapping without kind', 'allowedWorkflows: [{ name: other }, { name: docker-gitops-release }]'],
    ['both', 'allowedWorkflows: [other, { kind: ClusterWorkflow, name: docker-gitops-release }]'],
  ])('allows what it lists as %s', async (_, allowed) => {
    expect(await planWith(allowed)).toMatchObject({ flow: 'docker-gitops-release' });
  });

  it.each([
    ['nothing', 'allowedWorkflows: []', 'allowed: none'],
    ['null', 'allowedWorkflows:', 'allowed: none'],
    ['others', 'allowedWorkflows: [react, { name: docker }]', 'allowed: react, docker'],
    ['a part of the name', 'allowedWorkflows: [docker-gitops]', 'allowed: docker-gitops'],
    ['a mapping without name', 'allowedWorkflows: [{ kind: docker-gitops-release }]', 'allowed: none'],
  ])('allows nothing else where it lists %s', async (_, allowed, told) => {
    await expect(planWith(allowed)).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining(told),
    });
  });

  it.each([
    ['a text', 'allowedWorkflows: docker-gitops-release', 'spec.allowedWorkflows: must be a list'],
    ['a number in it', 'allowedWorkflows: [7]', 'spec.allowedWorkflows[0]: must be a name'],
  ])('is a mistake of the platform as %s', async (_, allowed, told) => {
    await expect(planWith(allowed)).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringContaining(told),
    });
  });

  it.each([
    [
      'is not there',
      'ComponentType\nmetadata: { name: service }',
      'ComponentType\nmetadata: { name: services }',
      'spec.componentType: there is no ComponentType "service"',
    ],
    [
      'is of the whole cluster and not there',
      'componentType: deployment/service\n',
      'componentType: { kind: ClusterComponentType, name: deployment/service }\n',
      'spec.componentType: there is no ClusterComponentType "service" in the sample catalog',
    ],
    [
      'is of a kind that is none',
      'componentType: deployment/service\n',
      'componentType: { kind: Type, name: deployment/service }\n',
      'spec.componentType.kind: must be ComponentType or ClusterComponentType',
    ],
  ])('is not asked where the type %s', async (_, old, by, told) => {
    const catalog = catalogOf(platform.replace(old, by));

    await expect(plan(sampleRun(), { catalog })).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringContaining(told),
    });
  });
});
