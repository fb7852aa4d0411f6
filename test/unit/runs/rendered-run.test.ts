import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { argoWorkflow } from '../../support/argo-workflow.ts';
import { catalog, defaults, plan, sampleRun } from './sample-resources.ts';

const planOf = (workflow: unknown, workflowId: string | null = null, renderedRuns = true) =>
  resolvePlan({ run: workflow, catalog, workflowId, defaults: { ...defaults, renderedRuns } });

describe('the plan of an Argo Workflow that OpenChoreo has made', () => {
  it('is that of the run it was made of', async () => {
    const usual = await plan(sampleRun());
    expect(await planOf(argoWorkflow(), 'run/default/shop-api-001')).toEqual(usual);
  });

  it('takes values as they stand, whatever is in them', async () => {
    const { source } = await planOf(argoWorkflow({ branch: '${metadata.name}' }));
    expect(source.branch).toBe('${metadata.name}');
  });

  it('says which argument of which Workflow does not fit', async () => {
    await expect(planOf(argoWorkflow({ 'app-path': '../x' }))).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringMatching(
        /^Workflow openchoreo-ci-default\/shop-api-001 .*\n\s*spec\.arguments\.parameters\["app-path"\]/,
      ),
    });
  });

  it('requires a descriptor that is not the usual one', async () => {
    const { source } = await planOf(argoWorkflow({ 'workload-descriptor-path': 'deploy/workload.yaml' }));
    expect(source).toMatchObject({ descriptorRequired: true, descriptorPath: 'services/api/deploy/workload.yaml' });
  });

  it.each(['component-name', 'project-name', 'namespace-name'])('is none where %s is missing', async (name) => {
    await expect(planOf(argoWorkflow({ [name]: '' }))).rejects.toMatchObject({
      type: 'ManifestInvalid',
      message: expect.stringContaining(`spec.arguments.parameters["${name}"]`),
    });
  });

  it('is none where the component is another project’s, or not there', async () => {
    await expect(planOf(argoWorkflow({ 'project-name': 'other' }))).rejects.toMatchObject({ type: 'InvalidRun' });
    await expect(planOf(argoWorkflow({ 'component-name': 'nobody' }))).rejects.toMatchObject({ type: 'InvalidRun' });
  });

  it('is made only where the operator allows it', async () => {
    await expect(planOf(argoWorkflow(), null, false)).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('SLIPWAY_EXECUTOR=true'),
    });
  });
});
