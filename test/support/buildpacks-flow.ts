import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFiles } from './commit-files.ts';
import { git } from './gitops.ts';

const flow = 'google-cloud-buildpacks-gitops-release';
const platform = 'namespaces/default/platform';

/** Gives the samples' GitOps repository (a bare one) the guide's ComponentWorkflow for buildpacks, and the type of the sample that allows it. */
export async function offerBuildpacks(gitops: string): Promise<void> {
  const type = await readFile(join('src/embedded/samples/gitops', platform, 'component-types/service.yaml'), 'utf8');
  const docker = await git(gitops, 'show', `main:${platform}/component-workflows/docker-gitops-release.yaml`);
  const workflow = docker
    .replaceAll('docker-gitops-release', flow)
    .replace(
      / {6}docker:\n.*\n.*\n/,
      '      buildpacks:\n        builderImage: string\n        env: "[]string | default=[]"\n',
    )
    .replace(/docker-context/, 'builder-image')
    .replace(/dockerfile-path/, 'build-env')
    .replace('parameters.docker.context', 'parameters.buildpacks.builderImage')
    .replace('parameters.docker.filePath', 'parameters.buildpacks.env');
  await commitFiles(gitops, {
    [`${platform}/component-workflows/${flow}.yaml`]: workflow,
    [`${platform}/component-types/service.yaml`]: type.replace(
      'allowedWorkflows:\n',
      `allowedWorkflows:\n    - ${flow}\n`,
    ),
  });
}

interface BuildpacksRun {
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
  readonly appPath: string;
  readonly builderImage: string;
  readonly env?: readonly string[];
}

/** A run of the sample component by buildpacks. */
export function buildpacksRun({ name, repository, commit, appPath, builderImage, env = [] }: BuildpacksRun) {
  return {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, namespace: 'default' },
    spec: {
      owner: { projectName: 'demo', componentName: 'greeter' },
      workflow: {
        name: flow,
        systemParameters: { repository: { url: repository, revision: { branch: 'main', commit }, appPath } },
        parameters: { buildpacks: { builderImage, env } },
      },
    },
  };
}
