import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { usualJob } from '../../support/usual-job.ts';
import { catalog, catalogOf, defaults, developerRun, plan, platform, sampleRun } from './sample-resources.ts';

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
      job: { ...usualJob, namespace: 'openchoreo-ci-default', serviceAccount: 'workflow-sa' },
      image: { registry: 'registry.acme.example:5000', name: 'shop-shop-api-image', tag: 'v1' },
      gitops: { repository: 'https://github.com/acme/gitops', branch: 'main', environment: null, pipeline: null },
      settings: {
        buildTimeoutSeconds: 1800,
        labels: [],
        reviewers: [],
        closeOlder: true,
        noCache: false,
        layerCache: true,
        keepAll: false,
      },
      trigger: { kind: 'manual', actor: null, delivery: null, before: null, receivedAt: null },
      warnings: [],
    });
  });

  it.each(['git@git.acme.example:acme/api.git', 'ssh://git@git.acme.example/acme/api.git'])(
    'takes the source %s by SSH',
    async (url) => {
      const { source } = await plan(sampleRun({ repository: { url } }));

      expect(source.repository).toBe('ssh://git@git.acme.example/acme/api.git');
    },
  );

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

  it('reads a run without any parameters', async () => {
    const { build } = await plan(JSON.parse(JSON.stringify(sampleRun({ workflow: { parameters: undefined } }))));

    expect(build).toEqual({ kind: 'docker', context: '.', dockerfile: 'Dockerfile' });
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

  it('builds without any cache where the platform switched it off', async () => {
    const tag = '- { name: image-tag, value: v1 }';
    const catalog = catalogOf(platform.replace(tag, `${tag}\n          - { name: slipway-cache, value: 'false' }`));

    expect(await plan(sampleRun(), { catalog })).toMatchObject({ settings: { noCache: true, layerCache: false } });
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
      settings: { noCache: true, layerCache: true },
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

  it.each([
    'a b',
    ' a;b ',
    '$(id)',
    '`id`',
    "it's",
    '"quoted"',
    '${metadata.name}',
    '${',
    '%s',
    '[1,2]',
    '{}',
    '1000000',
    'true',
    '<<',
    '*.ts',
    'ä',
  ])('gives %j to the build as it is', async (value) => {
    const { build } = await plan(sampleRun({ parameters: { docker: { context: value, filePath: `x/${value}` } } }));

    expect(build).toEqual({ kind: 'docker', context: value, dockerfile: `x/${value}` });
  });

  it('keeps values that look like expressions or lists as they are', async () => {
    const made = await plan(
      sampleRun({ parameters: { docker: { context: '${metadata.componentName}', filePath: '[1,2]' } } }),
    );

    expect(made.build).toEqual({ kind: 'docker', context: '${metadata.componentName}', dockerfile: '[1,2]' });
  });
});

describe('a Secret that the run names for its source', () => {
  const planWith = (secretRef: string) => {
    const run = sampleRun({ repository: { secretRef } });
    return resolvePlan({ run, catalog, workflowId: null, defaults: { ...defaults, secretRefs: true } });
  };

  it('is part of the plan where secrets are those of Kubernetes', async () => {
    expect((await planWith('mine')).source.secretRef).toBe('mine');
    expect((await planWith('')).source).not.toHaveProperty('secretRef');
  });

  it('must be a name', async () => {
    await expect(planWith('../mine')).rejects.toThrow('secretRef: must be the name of a Secret');
  });
});
