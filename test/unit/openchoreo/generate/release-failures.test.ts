import { describe, expect, it } from 'vitest';
import type { ReleaseRequest } from '../../../../src/openchoreo/generate/release.ts';
import { type Files, folder, release, shop, workloadByHand } from './shop.ts';

const platform = 'namespaces/default/platform';
const project = 'namespaces/default/projects/shop/project.yaml';
const component = `${folder}/component.yaml`;
const without = (path: string): Files => Object.fromEntries(Object.entries(shop).filter(([name]) => name !== path));
const changed = (path: string, from: string, to: string): Files => {
  const text = shop[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { ...shop, [path]: text.replace(from, to) };
};
const descriptor = (text: string): Partial<ReleaseRequest> => ({
  descriptor: { path: 'app/w.yaml', text, files: new Map() },
});

describe('generateRelease says what is wrong, where, and what to do', () => {
  it.each<[string, Files, Partial<ReleaseRequest>, string, string]>([
    [
      'Component missing',
      without(component),
      {},
      'ManifestInvalid',
      'Component web is not in namespace default of the GitOps repository; add',
    ],
    [
      'Component unreadable',
      { ...without(component), 'x.yaml': 'openchoreo.dev: [\n---\n' },
      {},
      'ManifestInvalid',
      'not read: x.yaml: line',
    ],
    [
      'Component of another project',
      shop,
      { project: 'else' },
      'ManifestInvalid',
      `${component}: Component web belongs to project shop, not else; correct`,
    ],
    [
      'text as type beside a container',
      {
        ...changed(component, '{kind: ComponentType, name: deployment/service}', 'deployment/service'),
        [`${folder}/workload.yaml`]: workloadByHand,
      },
      {},
      'ManifestInvalid',
      "spec.container is of dialect v0.16, while the Component's spec.componentType is text as in v0.15",
    ],
    [
      'number as label',
      changed(component, 'namespace: default', 'namespace: default\n  labels: {x: 1}'),
      {},
      'ManifestInvalid',
      'metadata.labels.x must be text',
    ],
    [
      'ComponentType missing',
      without(`${platform}/service.yaml`),
      {},
      'ManifestInvalid',
      `${component}: spec.componentType names ComponentType service, which is not`,
    ],
    [
      'Trait missing',
      without(`${platform}/volume.yaml`),
      {},
      'ManifestInvalid',
      `${component}: spec.traits names Trait volume, which is not`,
    ],
    ['Project missing', without(project), {}, 'ManifestInvalid', 'Project shop is not in namespace default'],
    [
      'Project without pipeline',
      changed(project, 'standard', '""'),
      {},
      'ManifestInvalid',
      `${project}: Project shop has no deployment pipeline; set spec.deploymentPipelineRef`,
    ],
    [
      'pipeline missing',
      changed(project, 'standard', 'other'),
      {},
      'ManifestInvalid',
      `DeploymentPipeline other, named by ${project}`,
    ],
    [
      'pipeline of the run missing',
      shop,
      { pipeline: 'mine' },
      'ManifestInvalid',
      'DeploymentPipeline mine, named by the run',
    ],
    [
      'unknown environment',
      shop,
      { environment: 'moon' },
      'ManifestInvalid',
      `${platform}/standard.yaml: environment moon is not in DeploymentPipeline standard, which has development, production`,
    ],
    [
      'no root environment',
      changed(`${platform}/standard.yaml`, 'name: production', 'name: development'),
      {},
      'ManifestInvalid',
      'has no root environment',
    ],
    [
      'no paths',
      changed(`${platform}/standard.yaml`, '\n  promotionPaths:', ' {}\nother:'),
      {},
      'ManifestInvalid',
      'has no promotion paths',
    ],
    [
      'wrong type in descriptor',
      shop,
      descriptor('endpoints: [{port: "80"}]'),
      'DescriptorInvalid',
      'app/w.yaml: endpoints[0].port must be a number',
    ],
    [
      'file of descriptor missing',
      shop,
      descriptor('endpoints: [{schemaFile: a.yaml}]'),
      'DescriptorInvalid',
      'app/w.yaml: it names the file app/a.yaml, which does not exist',
    ],
    [
      'other content in workload.yaml',
      { ...shop, [`${folder}/workload.yaml`]: 'a: 1\n' },
      {},
      'ReleaseConflict',
      `${folder}/workload.yaml: `,
    ],
    [
      'old containers',
      { ...shop, [`${folder}/workload.yaml`]: workloadByHand.replace('container:', 'containers:\n   main:') },
      {},
      'ManifestInvalid',
      'spec.containers is of dialect v0.15',
    ],
    ['name that climbs', shop, { component: '../../evil' }, 'ManifestInvalid', '"../../evil" is no component name'],
  ])('%s', (_, files, request, type, message) => {
    expect(() => release(files, request)).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining(message) }),
    );
  });
});
