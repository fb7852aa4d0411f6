import { describe, expect, it } from 'vitest';
import { findBuildPlane } from '../../../src/runs/build-planes.ts';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { catalogOf, defaults, platform, sampleRun } from './sample-resources.ts';

const planes = new Map([
  ['east', '/kube/east'],
  ['here', null],
  ['team-a/own', '/kube/own'],
  ['team-a/east', '/kube/own'],
]);
const project = (reference: string, namespace = 'default') => `
apiVersion: openchoreo.dev/v1alpha1
kind: Project
metadata: { name: shop, namespace: ${namespace} }
spec: { deploymentPipelineRef: standard, buildPlaneRef: ${reference} }
`;
const find = (reference: string, namespace = 'default') =>
  findBuildPlane({ namespace, project: 'shop' }, catalogOf(project(reference, namespace)), planes);

describe('a Project', () => {
  it.each([
    ['east', 'default', 'east'],
    ['{ kind: ClusterBuildPlane, name: east }', 'default', 'east'],
    ['east', 'team-a', 'team-a/east'],
    ['own', 'team-a', 'team-a/own'],
    ['here', 'default', null],
    ['default', 'default', null],
    ['null', 'default', null],
    ['""', 'default', null],
  ])('that names %s in %s builds on the plane %s', async (reference, namespace, plane) => {
    expect(await find(reference, namespace)).toBe(plane);
  });

  it('that nobody has written builds where all others do', async () => {
    expect(await findBuildPlane({ namespace: 'default', project: 'other' }, catalogOf(project('east')))).toBeNull();
  });

  it.each(['west', 'own'])(
    'that names %s, which is not known in its namespace, is refused with the fix',
    async (name) => {
      const refusal = find(name);
      await expect(refusal).rejects.toMatchObject({ type: 'ManifestInvalid' });
      await expect(refusal).rejects.toThrow(`spec.buildPlaneRef names the build plane "${name}"`);
      await expect(refusal).rejects.toThrow(`SLIPWAY_BUILD_PLANES: ${name}=<kubeconfig>`);
    },
  );

  it.each(['7', '{ kind: BuildPlane }', '[east]'])('whose reference is %s is refused', async (reference) => {
    await expect(find(reference)).rejects.toThrow('must be the name of a build plane');
  });
});

it('a plan says where its Job is', async () => {
  const catalog = catalogOf(`${platform}---${project('east')}`);
  const request = { run: sampleRun(), catalog, workflowId: null };
  await expect(resolvePlan({ ...request, defaults })).rejects.toMatchObject({ type: 'ManifestInvalid' });
  const { job } = await resolvePlan({ ...request, defaults: { ...defaults, buildPlanes: planes } });
  expect(job).toMatchObject({ namespace: 'openchoreo-ci-default', plane: 'east' });
});
