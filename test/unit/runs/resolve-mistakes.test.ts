import { describe, expect, it } from 'vitest';
import { developerRun, plan, sampleRun } from './sample-resources.ts';

describe('resolvePlan names the field of a mistake in the run', () => {
  const repository = 'spec.workflow.systemParameters.repository';
  const docker = 'spec.workflow.parameters.docker';
  it.each([
    ['an unknown parameter', sampleRun({ parameters: { dokcer: {} } }), 'spec.workflow.parameters.dokcer: unknown'],
    ['a nested unknown parameter', sampleRun({ parameters: { docker: { file: 'x' } } }), `${docker}.file: unknown`],
    ['an unknown system parameter', sampleRun({ repository: { path: 'x' } }), `${repository}.path: unknown`],
    ['a wrong type', sampleRun({ parameters: { docker: { context: 5 } } }), `${docker}.context: must be text`],
    ['a text where a map is wanted', sampleRun({ parameters: { docker: 'x' } }), `${docker}: must be a map`],
    [
      'a slip beside the parameters',
      sampleRun({ workflow: { paramters: {} } }),
      'spec.workflow.paramters: unknown field; known here: name',
    ],
    [
      'a slip in the owner',
      sampleRun({ owner: { project: 'shop' } }),
      'spec.owner.project: unknown field; known here: projectName',
    ],
    [
      'a time to keep it that is none',
      { ...sampleRun(), spec: { ...(sampleRun() as { spec: object }).spec, ttlAfterCompletion: '1 week' } },
      'spec.ttlAfterCompletion: must be a duration such as 1d12h',
    ],
    ['a missing URL', sampleRun({ repository: { url: undefined } }), `${repository}.url: is required`],
    ['an empty branch', sampleRun({ revision: { branch: '' } }), `${repository}.revision.branch: must name`],
    [
      'a branch that is an option',
      sampleRun({ revision: { branch: '--upload-pack=x' } }),
      `${repository}.revision.branch: is not`,
    ],
    [
      'a commit that is no hash',
      sampleRun({ revision: { commit: 'v1.0' } }),
      `${repository}.revision.commit: must be 7 to 40`,
    ],
    [
      'a commit that is too short',
      sampleRun({ revision: { commit: 'abc123' } }),
      `${repository}.revision.commit: must be 7 to 40`,
    ],
    [
      'an appPath outside',
      sampleRun({ repository: { appPath: 'a/../../b' } }),
      `${repository}.appPath: must stay inside`,
    ],
    [
      'a Dockerfile outside',
      sampleRun({ parameters: { docker: { filePath: '../Dockerfile' } } }),
      `${docker}.filePath: must stay inside`,
    ],
    [
      'a Dockerfile that is a folder',
      sampleRun({ parameters: { docker: { filePath: './' } } }),
      `${docker}.filePath: must name a file`,
    ],
    [
      'a context in .git',
      sampleRun({ parameters: { docker: { context: '.git/hooks' } } }),
      `${docker}.context: must not lead into .git`,
    ],
    [
      'a descriptor outside',
      sampleRun({ parameters: { workloadDescriptorPath: '../w.yaml' } }),
      'spec.workflow.parameters.workloadDescriptorPath: must stay',
    ],
    [
      'plain http',
      sampleRun({ repository: { url: 'http://github.com/a/b' } }),
      `${repository}.url: must be an https URL`,
    ],
    [
      'SSH without a user',
      sampleRun({ repository: { url: 'ssh://github.com/a/b.git' } }),
      `${repository}.url: must be ssh://<user>@<host>/<path>`,
    ],
    [
      'SSH with what ssh takes for an option',
      sampleRun({ repository: { url: 'ssh://git@-oProxyCommand=x/a' } }),
      `${repository}.url: must be ssh://<user>@<host>/<path>`,
    ],
    [
      'SSH with a password',
      sampleRun({ repository: { url: 'ssh://git:s3cret@github.com/a/b.git' } }),
      `${repository}.url: must be ssh://<user>@<host>/<path>`,
    ],
    ['a file URL', sampleRun({ repository: { url: 'file:///etc' } }), `${repository}.url: must be an https URL`],
    ['an ext URL', sampleRun({ repository: { url: 'ext::sh -c id' } }), `${repository}.url: must be an https URL`],
    [
      'no repository',
      sampleRun({ repository: { url: 'https://github.com/' } }),
      `${repository}.url: must name a repository`,
    ],
    [
      'a secretRef',
      sampleRun({ repository: { secretRef: 'mine' } }),
      `${repository}.secretRef: needs SLIPWAY_SECRETS=kubernetes`,
    ],
    ['another choice', developerRun({ size: 'huge' }), 'spec.workflow.parameters.size: must be one of small, large'],
    [
      'a text for a number',
      developerRun({ replicas: '3' }),
      'spec.workflow.parameters.replicas: must be a whole number',
    ],
    ['a wrong duration', developerRun({ timeout: 'soon' }), 'spec.workflow.parameters.timeout: must be a duration'],
    [
      'a missing required parameter',
      developerRun({ gitops: {} }),
      'spec.workflow.parameters.gitops.repositoryUrl: is required',
    ],
    [
      'an unknown component',
      sampleRun({ owner: { componentName: 'shop-apo' } }),
      'spec.owner.componentName: there is no Component "shop-apo"',
    ],
    [
      'an unknown workflow',
      sampleRun({ workflow: { name: 'docker-gitops-releases' } }),
      'spec.workflow.name: there is no ComponentWorkflow',
    ],
    [
      'another project',
      sampleRun({ owner: { projectName: 'bank' } }),
      'spec.owner.projectName: the component shop-api belongs',
    ],
    ['an odd name', sampleRun({ metadata: { name: 'A/B' } }), 'metadata.name: must be a Kubernetes name'],
    [
      'an odd namespace',
      sampleRun({ metadata: { namespace: '../x' } }),
      'metadata.namespace: must be a Kubernetes name',
    ],
    [
      'an odd trigger',
      sampleRun({ metadata: { annotations: { 'slipway.dev/trigger': 'me' } } }),
      'metadata.annotations["slipway.dev/trigger"]: must be manual',
    ],
    [
      'an odd time',
      sampleRun({ metadata: { annotations: { 'slipway.dev/received-at': 'now' } } }),
      'metadata.annotations["slipway.dev/received-at"]: must be a time',
    ],
    ['another kind', { ...sampleRun(), kind: 'WorkflowRun' }, 'kind: must be ComponentWorkflowRun'],
    ['another flow', sampleRun({ workflow: { name: 'missing' } }), 'spec.workflow.name: there is no'],
  ])('%s', async (_, run, message) => {
    const failure = await plan(run).catch((error: unknown) => error);

    expect(failure).toMatchObject({ type: 'InvalidRun' });
    expect((failure as Error).message).toContain(`\n  ${message}`);
  });

  it('and all of them at once', async () => {
    const run = sampleRun({
      repository: { url: 'http://example.com/x', appPath: '../x' },
      revision: { commit: 'nope' },
      parameters: { docker: { context: 1, filePath: '../D' }, extra: true },
    });

    await expect(plan(run)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /(?=.*repository\.url:)(?=.*appPath:)(?=.*revision\.commit:)(?=.*docker\.context:)(?=.*docker\.filePath:)(?=.*parameters\.extra:)/s,
        ),
      }),
    );
  });

  it.each([[{}], [null], ['text'], [[]], [undefined]])('also where it is %j and nothing like a run', async (run) => {
    await expect(plan(run, { workflowId: 'run/default/x' })).rejects.toMatchObject({ type: 'InvalidRun' });
  });

  it('also where the indentation was lost on the way', async () => {
    const flat = {
      apiVersion: 'openchoreo.dev/v1alpha1',
      kind: 'ComponentWorkflowRun',
      metadata: null,
      name: 'a',
      spec: null,
      owner: null,
      workflow: null,
    };

    await expect(plan(flat)).rejects.toThrow(
      /\n {2}spec: is empty, and its fields stand beside it: has the indentation been lost\?/,
    );
  });

  it('also for an empty input from the command line', async () => {
    const failure = (await plan({}, { workflowId: 'run/default/x' }).catch((error: unknown) => error)) as Error;

    expect(failure.message.split('\n').slice(1)).toEqual([
      '  apiVersion: must be openchoreo.dev/v1alpha1',
      '  kind: must be ComponentWorkflowRun',
      '  spec: is required',
    ]);
  });

  it('and suggests names that may have been meant', async () => {
    await expect(plan(sampleRun({ owner: { componentName: 'shop-apo' } }))).rejects.toThrow(
      /of the sample catalog; did you mean shop-api/,
    );
  });

  it('and the id that the workflow needs', async () => {
    await expect(plan(sampleRun(), { workflowId: 'my-workflow' })).rejects.toThrow(
      /must be "run\/default\/shop-api-001", not "my-workflow"/,
    );
    await expect(plan(sampleRun(), { workflowId: 'run/team/shop-api-001' })).rejects.toMatchObject({
      type: 'InvalidRun',
    });
  });
});
