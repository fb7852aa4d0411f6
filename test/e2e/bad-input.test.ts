import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFiles } from '../support/commit-files.ts';
import { git } from '../support/gitops.ts';
import { addVariants } from '../support/platform-variants.ts';
import { type RunChanges, refused, startChanged } from '../support/refused-run.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let source: string;
const components = 'namespaces/default/projects/demo/components';
const spec = 'spec.workflow';
const repository = `${spec}.systemParameters.repository`;
const parameters = `${spec}.parameters`;

beforeAll(async () => {
  test = await startTestWorld();
  const repositories = join(test.folder, 'forge/repositories/acme');
  source = join(repositories, 'greeter.git');
  await addVariants(join(repositories, 'gitops.git'), {
    components: {
      broken: (sample) => sample.replace('componentType:', 'componentType: {'),
      'wrong-types': (sample) => sample.replace('projectName: demo', 'projectName: 7'),
      'without-type': (sample) => sample.replace('deployment/service', 'deployment/servce'),
      'without-trait': (sample) => sample.replace('name: scratch-volume', 'name: scratch-volum'),
      'bad-workload': (sample) => sample,
    },
    workflows: { 'nowhere-environment': { 'gitops-target-environment': 'developmnt' } },
    files: {
      [`${components}/bad-workload/workload.yaml`]:
        'apiVersion: openchoreo.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: bad-workload\n  namespace: default\nspec:\n  owner:\n    projectName: demo\n    componentName: bad-workload\n  container:\n    image: [1]\n',
    },
  });
  await test.startWorker();
});
afterAll(() => test?.stop());

/** Ends so, with nothing left and nothing built. */
async function expectRefusal(changes: RunChanges, type: string, step: string, ...texts: (string | RegExp)[]) {
  const refusal = await refused(test, changes);
  expect(refusal).toMatchObject({ type, step, left: [] });
  for (const text of texts) expect(refusal.message).toMatch(text);
}

describe('a run whose fields do not fit', () => {
  it.each<[string, RunChanges, (string | RegExp)[]]>([
    [
      'has an unknown parameter',
      { [`${parameters}.docker.file`]: 'x' },
      ['spec.workflow.parameters.docker.file: unknown parameter; known here: context, filePath'],
    ],
    [
      'has an unknown system parameter',
      { [`${repository}.apPath`]: 'x' },
      ['spec.workflow.systemParameters.repository.apPath: unknown parameter'],
    ],
    [
      'has a wrong type',
      { [`${repository}.revision.branch`]: 1.5, [`${parameters}.docker.filePath`]: true },
      [
        'revision.branch: must be text, not a number: put it in quotes',
        'docker.filePath: must be text, not true or false',
      ],
    ],
    [
      'lacks a required field',
      { [`${repository}.url`]: undefined },
      ['spec.workflow.systemParameters.repository.url: is required'],
    ],
    [
      'names an unknown workflow',
      { [`${spec}.name`]: 'docker-gitops-relase' },
      [
        'spec.workflow.name: there is no ComponentWorkflow "docker-gitops-relase"',
        'did you mean docker-gitops-release',
      ],
    ],
    [
      'names an unknown component',
      { 'spec.owner.componentName': 'greter' },
      ['spec.owner.componentName: there is no Component "greter"', 'did you mean greeter'],
    ],
    [
      'names an unknown project',
      { 'spec.owner.projectName': 'dmo' },
      ['spec.owner.projectName: the component greeter belongs to the project "demo", not "dmo"'],
    ],
    [
      'leads out of the repository',
      { [`${repository}.appPath`]: '../other', [`${parameters}.docker.filePath`]: 'a/../../Dockerfile' },
      ['systemParameters.repository.appPath: must stay inside', 'parameters.docker.filePath: must stay inside'],
    ],
    [
      'has a URL of another kind',
      { [`${repository}.url`]: 'git://github.com/acme/greeter.git' },
      ['systemParameters.repository.url: must be an https URL'],
    ],
    [
      'has a branch that git does not allow',
      { [`${repository}.revision.branch`]: '--upload-pack=x' },
      ['revision.branch: is not a name that git allows'],
    ],
    [
      'has no commit where one is expected',
      { [`${repository}.revision.commit`]: 'v1.0' },
      ['revision.commit: must be 7 to 40 hexadecimal digits'],
    ],
  ])('because it %s is refused with the path of the field', async (_what, changes, texts) => {
    await expectRefusal(
      changes,
      'InvalidRun',
      'resolveRun',
      /^The ComponentWorkflowRun does not fit; change these fields/,
      ...texts,
    );
  });
});

describe('a mistake in the GitOps repository', () => {
  it.each<[string, string, string, (string | RegExp)[]]>([
    ['a file that is no YAML', 'broken', 'resolveRun', [`${components}/broken/component.yaml: line `]],
    [
      'a field of the wrong type',
      'wrong-types',
      'resolveRun',
      ['Component default/wrong-types', 'spec.owner.projectName: must be text'],
    ],
    [
      'a type that is not there',
      'without-type',
      'resolveRun',
      ['spec.componentType: there is no ComponentType "servce"', 'did you mean service'],
    ],
    [
      'a trait that is not there',
      'without-trait',
      'checkRelease',
      [`${components}/without-trait/component.yaml: spec.traits names Trait scratch-volum`],
    ],
    [
      'a Workload that cannot be read',
      'bad-workload',
      'checkRelease',
      [`${components}/bad-workload/workload.yaml`, 'spec.container.image'],
    ],
  ])('such as %s is named by file and field before anything is built', async (_what, component, step, texts) => {
    await expectRefusal({ 'spec.owner.componentName': component }, 'ManifestInvalid', step, ...texts);
  });

  it('such as an environment that is not there is known before anything is built', async () => {
    await expectRefusal({ [`${spec}.name`]: 'nowhere-environment' }, 'ManifestInvalid', 'checkRelease', 'developmnt');
  });
});

describe('a source that does not hold what the run names', () => {
  it.each<[string, RunChanges, (string | RegExp)[]]>([
    ['branch', { [`${repository}.revision.branch`]: 'mian' }, ['has no branch mian; did you mean main?']],
    ['commit', { [`${repository}.revision.commit`]: 'f'.repeat(40) }, ['is not a commit of branch main']],
    [
      'Dockerfile',
      { [`${parameters}.docker.filePath`]: 'deploy/Dockerfile' },
      ['Dockerfile "deploy/Dockerfile"', 'spec.workflow.parameters.docker.filePath'],
    ],
    [
      'context',
      { [`${parameters}.docker.context`]: 'service' },
      ['build context "service"', 'spec.workflow.parameters.docker.context'],
    ],
    [
      'descriptor',
      { [`${parameters}.workloadDescriptorPath`]: 'deploy/workload.yaml' },
      ['"deploy/workload.yaml"', 'spec.workflow.parameters.workloadDescriptorPath'],
    ],
  ])('is refused for a missing %s', async (_what, changes, texts) => {
    await expectRefusal(changes, 'SourceNotFound', 'cloneSource', ...texts);
  });

  it('is refused for a commit that only a fork has, although the host serves it', async () => {
    const commit = await commitFiles(source, { 'evil.txt': 'x' }, { branch: 'to-be-hidden' });
    await git(source, 'update-ref', 'refs/pull/77/head', commit);
    await git(source, 'update-ref', '-d', 'refs/heads/to-be-hidden');
    await expectRefusal(
      { [`${repository}.revision.commit`]: commit },
      'SourceNotFound',
      'cloneSource',
      `${commit} is not a commit of branch main`,
    );
  });
});

describe('a descriptor', () => {
  const endpoint = (rest: string) =>
    `apiVersion: openchoreo.dev/v1alpha1\nmetadata:\n  name: greeter\nendpoints:\n  - name: api\n    port: 9090\n    type: HTTP\n${rest}`;
  it.each<[string, string, (string | RegExp)[]]>([
    ['that is no YAML', 'endpoints: [\n', [/^workload.yaml: line \d+: /]],
    ['with wrong types', endpoint('').replace('9090', '"many"'), ['workload.yaml: endpoints[0].port']],
    ['whose schema file is missing', endpoint('    schemaFile: gone.yaml\n'), ['workload.yaml', '"gone.yaml"']],
    [
      'whose schema file is outside',
      endpoint('    schemaFile: ../../etc/passwd\n'),
      ['workload.yaml: the file "../../etc/passwd" is outside of the repository'],
    ],
  ])('%s is refused before the build', async (name, text, texts) => {
    const branch = name.replaceAll(' ', '-');
    await commitFiles(source, { 'workload.yaml': text }, { branch });
    await expectRefusal({ [`${repository}.revision.branch`]: branch }, 'DescriptorInvalid', 'cloneSource', ...texts);
  });
});

describe('what looks odd but is fine', () => {
  it('releases from /, without the usual descriptor, beside a broken component', async () => {
    await commitFiles(source, { 'workload.yaml': null, 'www/note.txt': 'x' }, { branch: 'no-descriptor' });
    const run = await startChanged(test, {
      [`${repository}.appPath`]: '/',
      [`${repository}.revision.branch`]: 'no-descriptor',
    });
    expect(await run.result()).toMatchObject({
      outcome: 'released',
      warnings: [
        expect.stringMatching(/workload descriptor "workload.yaml" is not in .*, so only the image is updated/),
      ],
    });
  });
});
