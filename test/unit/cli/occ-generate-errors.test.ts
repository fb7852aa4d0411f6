import { describe, expect, it } from 'vitest';
import { folder as at } from '../openchoreo/generate/shop.ts';
import { callText, changed, expectMistake, type Mistake, stage } from './occ-stage.ts';

const [platform, project] = ['namespaces/default/platform', 'namespaces/default/projects/shop/project.yaml'];
const [component, workload] = [`${at}/component.yaml`, `${at}/workload.yaml`];
const [pipeline, type, trait] = ['standard', 'service', 'volume'].map((name) => `${platform}/${name}.yaml`) as [
  string,
  string,
  string,
];
const head = 'apiVersion: openchoreo.dev/v1alpha1\nkind: ';
const owner = 'owner: {projectName: shop, componentName: web}';
const config = 'release-config.yaml';
const releases = { [`${at}/r.yaml`]: `${head}ComponentRelease\nmetadata: {name: web-1}\nspec: {${owner}}\n` };
const bound = (rest: string) => ({
  ...releases,
  [`${at}/b.yaml`]: `${head}ReleaseBinding\nmetadata: {name: b}\nspec:${rest}\n`,
});
const cr = 'cr WEB --output-path out';
const rb = 'rb WEB';
const next = `${rb} -e production`;

describe('an error of a command that generates names what is wrong, where, and writes nothing', () => {
  it.each<Mistake>([
    [
      'release-config of another kind',
      { [config]: `${head}Config` },
      'cr --all',
      [`failed to load ${config}`, 'kind must be ReleaseConfig'],
    ],
    ['release-config that is no YAML', { [config]: `${head}[` }, rb, [`${config}: line 2`]],
    [
      'component unknown',
      {},
      'cr --project shop --component x --output-path out',
      ['Component x', 'namespace default'],
    ],
    [
      'project differs',
      {},
      'cr --project x --component web --output-path out',
      [component, 'belongs to project shop, not x'],
    ],
    ['type unknown', { [type]: '' }, cr, [`${component}: spec.componentType names ComponentType service`]],
    ['trait unknown', { [trait]: '' }, cr, [`${component}: spec.traits names Trait volume`]],
    ['Workload unknown', { [workload]: '' }, cr, ['workload for component web (project: shop) not found']],
    [
      'Component with a wrong field',
      changed(component, 'spec:\n', 'spec:\n  autoDeploy: "true"\n'),
      cr,
      [`${component}: Component web: spec.autoDeploy must be true or false`],
    ],
    [
      'ComponentType with a wrong field',
      changed(type, 'deployment\n', '1\n'),
      cr,
      [`${type}: ComponentType service: spec.workloadType must be text`],
    ],
    [
      'Trait with a wrong field',
      changed(trait, /creates:[\s\S]*/, 'creates: {}\n'),
      cr,
      [`${trait}: Trait volume: spec.creates must be a list`],
    ],
    [
      'Workload with a wrong field',
      changed(workload, /image: \S+/, 'image: 1'),
      cr,
      [`${workload}: Workload web-main: spec.container.image must be text`],
    ],
    ['nothing in a project', {}, 'cr --project x', ['no components found for project "x"']],
    ['nothing at all', { [component]: '' }, 'cr --all', ['no components found to release']],
    ['release not writable', { out: 'a file' }, cr, ['failed to write', '/out/web-20260102-1.yaml']],
    ['project unknown', {}, 'rb --project x --component web', ['Project x', 'namespace default']],
    [
      'project without pipeline',
      changed(project, 'standard', '""'),
      rb,
      [`${project}: Project shop`, 'spec.deploymentPipelineRef'],
    ],
    ['pipeline unknown', changed(project, 'standard', 'x'), rb, ['DeploymentPipeline x', project]],
    [
      'no promotion paths',
      changed(pipeline, /spec:[\s\S]*/, 'spec: {}\n'),
      rb,
      [`${pipeline}: DeploymentPipeline standard`, 'spec.promotionPaths'],
    ],
    [
      'promotion paths of a wrong type',
      changed(pipeline, /spec:[\s\S]*/, 'spec: {promotionPaths: {}}\n'),
      rb,
      [pipeline, 'spec.promotionPaths must be a list'],
    ],
    ['no root environment', changed(pipeline, 'production', 'development'), rb, [pipeline, 'has no root environment']],
    [
      'environment not in the pipeline',
      {},
      `${rb} -e moon`,
      ['environment "moon" does not exist in deployment pipeline "standard"'],
    ],
    [
      'release of another',
      {},
      `${rb} --component-release x`,
      ['component release "x" not found or does not belong to component shop/web'],
    ],
    ['no release', {}, rb, ['no releases found for component shop/web']],
    ['nothing bound before', releases, next, ['no ReleaseBinding found in previous environment development']],
    [
      'no release bound before',
      bound(` {${owner}, environment: development}`),
      next,
      [`${at}/b.yaml`, 'in environment development has no releaseName'],
    ],
    [
      'binding not writable',
      { ...releases, out: 'a file' },
      `${rb} --output-path out`,
      ['failed to write', '/out/web-development.yaml'],
    ],
    [
      'binding whose place is taken',
      { ...releases, 'out/web-development.yaml': 'a: 1\n' },
      `${rb} --output-path out`,
      ['/out/web-development.yaml', 'holds something else'],
    ],
    [
      'environment that leads elsewhere',
      { ...releases, ...changed(pipeline, 'development', '../../evil') },
      rb,
      ['"../../evil" is no environment name'],
    ],
    [
      'component that leads elsewhere',
      { ...releases, ...changed(component, 'name: web', 'name: ../evil') },
      'cr --project shop --component ../evil --output-path out',
      ['"../evil" is no component name'],
    ],
  ])('%s', async (...row) => {
    await expectMistake(row);
  });
});

describe('a mistake of one component of many ends with 0 and a line about it', () => {
  it.each<Mistake>([
    ['release', { [workload]: '' }, 'cr --all', ['Error generating release for shop/web: workload for component web']],
    [
      'release not writable',
      { out: 'a file' },
      'cr --all --output-path out',
      ['Error generating release for shop/web: failed to write'],
    ],
    ['name', changed(component, 'name: web', 'name: ../evil'), 'cr --all', ['"../evil" is no component name']],
    ['binding', {}, 'rb --project shop', ['Error generating binding for shop/web: no releases found']],
  ])('%s', async (_, files, command, says) => {
    using tree = stage(files);
    const before = tree.everything();
    const { exit, out, err } = await callText(tree, command);
    expect(exit).toBe(0);
    for (const text of says) expect(err).toContain(text);
    expect(out).toMatch(/Summary: 0 \w+ generated,.* 1 errors\n$/);
    expect(tree.everything()).toEqual(before);
  });
});

describe('what a command can go on without is a warning', () => {
  it.each<Mistake>([
    [
      'an earlier release that is no YAML',
      { 'out/web-0.yaml': 'a: [' },
      cr,
      ['out/web-0.yaml: failed to check for existing release', 'line 1'],
    ],
    [
      'an earlier release without spec',
      { 'out/web-0.yaml': 'a: 1' },
      cr,
      ['out/web-0.yaml: it has no spec to compare with'],
    ],
    ['a binding that cannot be read', bound(`\n  ${owner}\n  x: [`), rb, [`${at}/b.yaml: line`, 'left out']],
    [
      'a binding whose spec is a list',
      bound(' [1]'),
      rb,
      [`${at}/b.yaml: line 4`, 'spec.owner.projectName is missing'],
    ],
  ])('%s', async (_, files, command, says) => {
    using tree = stage(files);
    const { exit, err } = await callText(tree, command);
    expect(exit).toBe(0);
    for (const text of says) expect(err).toContain(text);
  });
});
