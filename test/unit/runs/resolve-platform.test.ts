import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { catalogOf, defaults, plan, platform, platformWith, sampleRun, token } from './sample-resources.ts';

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
    ['gitops-repo-url', 'git@github.com:acme/gitops.git', /parameters\["gitops-repo-url"\]: .*SSH is for sources only/],
    ['gitops-branch', '"a b"', /parameters\["gitops-branch"\]: is not a name/],
    [
      'git-repo',
      "'${parameters.nothing}'",
      /parameters\["git-repo"\]: parameters\.nothing does not exist; known below parameters: docker, workload/,
    ],
    ['git-repo', "'${has(parameters.x) ? 1 : 2}'", /parameters\["git-repo"\]: must/],
    ['git-repo', "'${parameters.docker.transformList(k, v, k)}'", /parameters\["git-repo"\]: .*not offered by Slipway/],
    ['git-repo', '\'${true ? "x" : parameters.docker.first()}\'', /parameters\["git-repo"\]: .*no such function/],
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

  it('answers a flow that nobody knows', async () => {
    const flow = (name: string) =>
      catalogOf(platform.replace('clusterScope: true, name: docker-gitops-release', `name: ${name}`));

    const buildpacks = flow('google-cloud-buildpacks-gitops-release');
    expect((await plan(sampleRun(), { catalog: buildpacks })).build.kind).toBe('buildpacks');
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
