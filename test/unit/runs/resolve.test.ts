import { describe, expect, it } from 'vitest';
import { builtInFlows } from '../../../src/runs/flows.ts';
import type { Plan } from '../../../src/runs/plan.ts';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { catalogOf, developerPlatform, platform, sampleRun } from './sample-resources.ts';

const defaults = { httpHosts: ['127.0.0.1:3000'], flows: builtInFlows };
const catalog = catalogOf(platform, developerPlatform);
const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

function plan(run: unknown, options: { workflowId?: string; catalog?: typeof catalog } = {}): Promise<Plan> {
  return resolvePlan({ run, catalog, workflowId: null, defaults, ...options });
}

const developerRun = (parameters: Record<string, unknown>) =>
  sampleRun({
    workflow: { name: 'docker-for-developers' },
    parameters: {
      gitops: { repositoryUrl: 'https://github.com/acme/gitops', deploymentPipeline: 'standard' },
      ...parameters,
    },
  });

/** The platform with one argument of its workflow replaced. */
const platformWith = (argument: string, value: string) =>
  catalogOf(
    platform.replace(new RegExp(`(name: ${argument}, value: ).*( \\})`), (_, before, after) => before + value + after),
  );

describe('resolvePlan', () => {
  it('makes the plan of a run whose GitOps settings the platform fixed', async () => {
    expect(await plan(sampleRun(), { workflowId: 'run/default/shop-api-001' })).toEqual({
      flow: 'docker-gitops-release',
      run: 'shop-api-001',
      namespace: 'default',
      project: 'shop',
      component: 'shop-api',
      source: {
        repository: 'https://github.com/acme/shop',
        branch: 'main',
        commit: null,
        appPath: 'services/api',
        descriptorPath: 'services/api/workload.yaml',
        descriptorRequired: false,
        allowUnreachableCommit: false,
      },
      build: { kind: 'docker', context: 'services/api', dockerfile: 'services/api/Dockerfile' },
      image: { registry: 'registry.acme.example:5000', name: 'shop-shop-api-image', tag: 'v1' },
      gitops: { repository: 'https://github.com/acme/gitops', branch: 'main', environment: null, pipeline: null },
      settings: {
        buildTimeoutSeconds: 1800,
        labels: [],
        reviewers: [],
        closeOlder: true,
        noCache: false,
        keepAll: false,
      },
      trigger: { kind: 'manual', actor: null, delivery: null, before: null, receivedAt: null },
      warnings: [],
    });
  });

  it('makes the plan of a run whose developer says where the release goes', async () => {
    const made = await plan(developerRun({ unreachable: true, labels: ['a', 'b'] }));

    expect(made.gitops).toEqual({
      repository: 'https://github.com/acme/gitops',
      branch: 'main',
      environment: 'development',
      pipeline: 'standard',
    });
    expect(made.image).toEqual({ registry: 'ghcr.io', name: 'acme/shop-api', tag: 'v2' });
    expect(made.settings).toMatchObject({
      buildTimeoutSeconds: 2700,
      labels: ['a', 'b'],
      reviewers: ['ada', 'acme/platform'],
      closeOlder: false,
    });
    expect(made.source.allowUnreachableCommit).toBe(true);
  });

  it('warns of arguments that it does not know, by name', async () => {
    const { warnings } = await plan(developerRun({}));

    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('"size-of-cluster"');
    expect(warnings[1]).toContain('"replicas"');
  });

  it('fills in defaults where whole parts of the parameters are missing', async () => {
    const made = await plan(
      sampleRun({ parameters: {}, repository: { appPath: undefined }, revision: { branch: undefined } }),
    );

    expect(made.build).toEqual({ kind: 'docker', context: '.', dockerfile: 'Dockerfile' });
    expect(made.source).toMatchObject({ branch: 'main', appPath: '.', descriptorPath: 'workload.yaml' });
  });

  it.each(['.', '/', './', ''])('takes %j for the root', async (appPath) => {
    expect((await plan(sampleRun({ repository: { appPath } }))).source).toMatchObject({
      appPath: '.',
      descriptorPath: 'workload.yaml',
    });
  });

  it.each(['svc', '/svc', './svc/', '//svc//', 'svc/.'])('takes %j for the folder svc', async (appPath) => {
    expect((await plan(sampleRun({ repository: { appPath } }))).source).toMatchObject({
      appPath: 'svc',
      descriptorPath: 'svc/workload.yaml',
    });
  });

  it('keeps a commit in small letters and none as null', async () => {
    expect((await plan(sampleRun({ revision: { commit: 'ABCDEF0123' } }))).source.commit).toBe('abcdef0123');
    expect((await plan(sampleRun({ revision: { commit: '' } }))).source.commit).toBeNull();
  });

  it('requires a descriptor that the run names', async () => {
    const { source } = await plan(sampleRun({ parameters: { workloadDescriptorPath: './deploy/app.yaml' } }));

    expect(source).toMatchObject({ descriptorPath: 'services/api/deploy/app.yaml', descriptorRequired: true });
  });

  it('requires the descriptor where the Component names one, and keeps all runs where it says so', async () => {
    const run = sampleRun({
      owner: { componentName: 'shop-web' },
      parameters: { workloadDescriptorPath: 'deploy/workload.yaml' },
    });

    expect(await plan(run)).toMatchObject({ source: { descriptorRequired: true }, settings: { keepAll: true } });
  });

  it('does not require a descriptor whose path only the platform names', async () => {
    const moved = catalogOf(platform.replace('default=workload.yaml', 'default=deploy/workload.yaml'));

    expect((await plan(sampleRun({ parameters: {} }), { catalog: moved })).source).toMatchObject({
      descriptorPath: 'services/api/deploy/workload.yaml',
      descriptorRequired: false,
    });
  });

  it('reads the annotations of the run', async () => {
    const annotations = {
      'slipway.dev/no-cache': 'true',
      'slipway.dev/trigger': 'webhook',
      'slipway.dev/actor': 'ada',
      'slipway.dev/delivery': 'github/72d3162e',
      'slipway.dev/before': 'a'.repeat(40),
      'slipway.dev/received-at': '2026-02-28T12:00:00Z',
    };

    expect(await plan(sampleRun({ metadata: { annotations } }))).toMatchObject({
      settings: { noCache: true },
      trigger: {
        kind: 'webhook',
        actor: 'ada',
        delivery: 'github/72d3162e',
        before: 'a'.repeat(40),
        receivedAt: '2026-02-28T12:00:00Z',
      },
    });
  });

  it('takes the zeros of a new branch for no commit before', async () => {
    const made = await plan(sampleRun({ metadata: { annotations: { 'slipway.dev/before': '0'.repeat(40) } } }));

    expect(made.trigger.before).toBeNull();
  });

  it('takes a missing name from the id of the workflow', async () => {
    expect((await plan(sampleRun({ metadata: { name: undefined } }), { workflowId: 'run/default/from-id' })).run).toBe(
      'from-id',
    );
  });

  it('speaks plain http to the hosts that the operator named', async () => {
    expect((await plan(sampleRun({ repository: { url: 'http://127.0.0.1:3000/acme/shop' } }))).source.repository).toBe(
      'http://127.0.0.1:3000/acme/shop',
    );
  });

  it('keeps values that look like expressions or lists as they are', async () => {
    const made = await plan(
      sampleRun({ parameters: { docker: { context: '${metadata.componentName}', filePath: '[1,2]' } } }),
    );

    expect(made.build).toEqual({ kind: 'docker', context: '${metadata.componentName}', dockerfile: '[1,2]' });
  });
});

describe('resolvePlan names the field of a mistake in the run', () => {
  const repository = 'spec.workflow.systemParameters.repository';
  const docker = 'spec.workflow.parameters.docker';
  it.each([
    ['an unknown parameter', sampleRun({ parameters: { dokcer: {} } }), 'spec.workflow.parameters.dokcer: unknown'],
    ['a nested unknown parameter', sampleRun({ parameters: { docker: { file: 'x' } } }), `${docker}.file: unknown`],
    ['an unknown system parameter', sampleRun({ repository: { path: 'x' } }), `${repository}.path: unknown`],
    ['a wrong type', sampleRun({ parameters: { docker: { context: 5 } } }), `${docker}.context: must be text`],
    ['a text where a map is wanted', sampleRun({ parameters: { docker: 'x' } }), `${docker}: must be a map`],
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
      'SSH',
      sampleRun({ repository: { url: 'git@github.com:a/b.git' } }),
      `${repository}.url: must be an https URL: SSH`,
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
      `${repository}.secretRef: is supported by the kubernetes`,
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

describe('resolvePlan never repeats a secret', () => {
  it.each([
    ['in the URL', sampleRun({ repository: { url: `https://x:${token}@github.com/acme/shop` } }), 'repository.url'],
    [
      'as the user of a URL',
      sampleRun({ repository: { url: 'https://s3cret-password@github.com/acme/shop' } }),
      'repository.url',
    ],
    ['in a parameter', sampleRun({ parameters: { docker: { context: token } } }), 'docker.context'],
    ['in an unknown parameter', sampleRun({ parameters: { token } }), 'parameters.token'],
    ['as the name of a field', sampleRun({ parameters: { [token]: 'x' } }), 'spec.workflow.parameters'],
    ['in an annotation', sampleRun({ metadata: { annotations: { note: token } } }), 'metadata.annotations.note'],
    ['as a commit', sampleRun({ revision: { commit: token } }), 'revision.commit'],
    ['in a name', sampleRun({ owner: { componentName: token } }), 'spec.owner.componentName'],
  ])('%s', async (_, run, field) => {
    const failure = (await plan(run).catch((error: unknown) => error)) as Error;

    expect(failure).toMatchObject({ type: 'InvalidRun' });
    expect(failure.message).toContain(field);
    expect(failure.message).not.toContain(token);
    expect(failure.message).not.toContain('s3cret-password');
  });
});

describe('resolvePlan checks the platform', () => {
  it('refuses a workflow that the type does not list, with the fix', async () => {
    const run = sampleRun({ owner: { componentName: 'ticker' } });

    await expect(plan(run)).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('spec.allowedWorkflows'),
    });
    await expect(plan(run)).rejects.toThrow(/ComponentType default\/closed does not allow .*\(allowed: none\)/);
  });

  it.each([
    ['registry-url', 'https://registry.acme.example', /parameters\["registry-url"\]: must be host\[:port\] without/],
    ['image-tag', '"-x"', /parameters\["image-tag"\]: must begin/],
    ['image-name', 'Shop', /parameters\["image-name"\]: must be of small letters/],
    ['gitops-repo-url', 'https://u:p@github.com/acme/gitops', /parameters\["gitops-repo-url"\]: must not hold a user/],
    ['gitops-branch', '"a b"', /parameters\["gitops-branch"\]: is not a name/],
    [
      'git-repo',
      "'${parameters.nothing}'",
      /parameters\["git-repo"\]: \$\{parameters\.nothing\} names something that does not exist/,
    ],
    ['git-repo', "'${has(parameters.x) ? 1 : 2}'", /\$\{has\(parameters\.x\) \? 1 : 2\} is more than a path/],
    ['image-tag', token, /parameters\["image-tag"\]: looks like a token/],
    ['component-name', 'other', /parameters\["component-name"\]: must be the run's component, "shop-api"/],
  ])('names the argument %s where the ComponentWorkflow gives it as %s', async (argument, value, message) => {
    const failure = await plan(sampleRun(), { catalog: platformWith(argument, value) }).catch(
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({ type: 'ManifestInvalid', message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain(token);
  });

  it('names an argument that is missing', async () => {
    const without = catalogOf(platform.replace(/.*name: registry-url.*\n/, ''));

    await expect(plan(sampleRun(), { catalog: without })).rejects.toThrow(/parameters\["registry-url"\]: is required/);
  });

  it('names the field of a schema that cannot be read', async () => {
    const broken = catalogOf(platform.replace('context: string |', 'context: strang |'));

    await expect(plan(sampleRun(), { catalog: broken })).rejects.toThrow(
      /spec\.schema\.parameters\.docker\.context: "strang" is not a type/,
    );
  });

  it('answers a flow that comes later, and one that nobody knows', async () => {
    const flow = (name: string) =>
      catalogOf(platform.replace('clusterScope: true, name: docker-gitops-release', `name: ${name}`));

    await expect(plan(sampleRun(), { catalog: flow('react-gitops-release') })).rejects.toMatchObject({
      type: 'InvalidRun',
    });
    await expect(plan(sampleRun(), { catalog: flow('mine') })).rejects.toThrow(/the flow "mine" is not known/);
  });

  it('takes flows that the configuration adds', async () => {
    const own = catalogOf(platform.replace('clusterScope: true, name: docker-gitops-release', 'name: mine'));
    const made = await resolvePlan({
      run: sampleRun(),
      catalog: own,
      workflowId: null,
      defaults: { ...defaults, flows: { mine: 'docker' } },
    });

    expect(made.flow).toBe('mine');
  });
});
