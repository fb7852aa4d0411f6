import type { Catalog } from '../../../src/catalog/catalog.ts';
import { createFileCatalog } from '../../../src/catalog/file-catalog.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import type { Plan } from '../../../src/runs/plan.ts';
import { resolvePlan } from '../../../src/runs/resolve.ts';

/** A platform whose engineer fixed the GitOps repository and the registry. */
export const platform = `
apiVersion: openchoreo.dev/v1alpha1
kind: Component
metadata: { name: shop-api, namespace: default }
spec:
  owner: { projectName: shop }
  componentType: deployment/service
  autoBuild: true
---
apiVersion: openchoreo.dev/v1alpha1
kind: Component
metadata:
  name: shop-web
  annotations: { slipway.dev/concurrency: queue }
spec:
  owner: { projectName: shop }
  componentType: { kind: ComponentType, name: deployment/service }
  workflow:
    name: docker-gitops-release
    parameters: { workloadDescriptorPath: deploy/workload.yaml }
---
apiVersion: openchoreo.dev/v1alpha1
kind: Component
metadata: { name: ticker }
spec:
  owner: { projectName: shop }
  componentType: cronjob/closed
---
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentType
metadata: { name: service }
spec:
  workloadType: deployment
  allowedWorkflows: [docker-gitops-release, docker-for-developers, broken, react-gitops-release, unknown-flow]
---
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentType
metadata: { name: closed }
spec: { workloadType: cronjob }
---
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentWorkflow
metadata: { name: docker-gitops-release }
spec:
  schema:
    systemParameters:
      repository:
        url: string | description="Where the source is"
        revision:
          branch: string | default=main description="Branch"
          commit: string | description="Commit (optional)"
        appPath: string | default=. description="Folder of the application"
    parameters:
      docker:
        context: string | default=. description="Build context"
        filePath: string | default=./Dockerfile description="Dockerfile"
      workloadDescriptorPath: string | default=workload.yaml description="Descriptor"
  runTemplate:
    apiVersion: argoproj.io/v1alpha1
    kind: Workflow
    metadata:
      name: \${metadata.workflowRunName}
      namespace: openchoreo-ci-\${metadata.namespaceName}
    spec:
      serviceAccountName: workflow-sa
      workflowTemplateRef: { clusterScope: true, name: docker-gitops-release }
      arguments:
        parameters:
          - { name: component-name, value: '\${metadata.componentName}' }
          - { name: project-name, value: '\${metadata.projectName}' }
          - { name: namespace-name, value: '\${metadata.namespaceName}' }
          - { name: git-repo, value: '\${systemParameters.repository.url}' }
          - { name: branch, value: '\${systemParameters.repository.revision.branch}' }
          - { name: commit, value: '\${systemParameters.repository.revision.commit}' }
          - { name: app-path, value: '\${systemParameters.repository.appPath}' }
          - { name: docker-context, value: '\${parameters.docker.context}' }
          - { name: dockerfile-path, value: '\${parameters.docker.filePath}' }
          - { name: workload-descriptor-path, value: '\${parameters.workloadDescriptorPath}' }
          - { name: gitops-repo-url, value: https://github.com/acme/gitops }
          - { name: gitops-branch, value: main }
          - { name: registry-url, value: registry.acme.example:5000 }
          - { name: image-name, value: '\${metadata.projectName}-\${metadata.componentName}-image' }
          - { name: image-tag, value: v1 }
          - { name: source-git-secret, value: '\${metadata.workflowRunName}-source-git-secret' }
          - { name: gitops-git-secret, value: '\${metadata.workflowRunName}-gitops-git-secret' }
`;

/** The other shape: developers say where the release goes; with settings of ours besides. */
export const developerPlatform = `
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentWorkflow
metadata: { name: docker-for-developers }
spec:
  schema:
    systemParameters:
      repository:
        url: string
        revision: { branch: string | default=trunk, commit: string }
        appPath: string | default=.
    parameters:
      docker: { context: string | default=., filePath: string | default=./Dockerfile }
      gitops:
        repositoryUrl: string | description="GitOps repository"
        branch: string | default=main
        targetEnvironment: string | default=development
        deploymentPipeline: string
      size: string | default=small enum=small,large
      replicas: integer | default=1
      labels: '[]string | default=["release"]'
      timeout: string | default=45m
      unreachable: boolean | default=false
  runTemplate:
    spec:
      workflowTemplateRef: { name: docker-gitops-release }
      arguments:
        parameters:
          - { name: git-repo, value: '\${systemParameters.repository.url}' }
          - { name: branch, value: '\${systemParameters.repository.revision.branch}' }
          - { name: commit, value: '\${systemParameters.repository.revision.commit}' }
          - { name: app-path, value: '\${systemParameters.repository.appPath}' }
          - { name: docker-context, value: '\${parameters.docker.context}' }
          - { name: dockerfile-path, value: '\${parameters.docker.filePath}' }
          - { name: gitops-repo-url, value: '\${parameters.gitops.repositoryUrl}' }
          - { name: gitops-branch, value: '\${parameters.gitops.branch}' }
          - { name: gitops-target-environment, value: '\${parameters.gitops.targetEnvironment}' }
          - { name: gitops-deployment-pipeline, value: '\${parameters.gitops.deploymentPipeline}' }
          - { name: registry-url, value: ghcr.io/acme }
          - { name: image-name, value: '\${metadata.componentName}' }
          - { name: image-tag, value: v2 }
          - { name: build-timeout, value: '\${parameters.timeout}' }
          - { name: slipway-labels, value: '\${parameters.labels}' }
          - { name: slipway-reviewers, value: 'ada, acme/platform' }
          - { name: slipway-close-older, value: false }
          - { name: slipway-allow-unreachable-commit, value: '\${parameters.unreachable}' }
          - { name: size-of-cluster, value: '\${parameters.size}' }
          - { name: replicas, value: '\${parameters.replicas}' }
`;

/** A catalog of YAML documents. */
export function catalogOf(...texts: readonly string[]): Catalog {
  const files = texts.map((_, at) => ({ path: `${at}.yaml`, version: `${at}` }));
  return createFileCatalog('sample catalog', {
    list: async () => files,
    async *read(wanted) {
      for (const file of wanted) yield { file, text: texts[Number(file.version)] ?? '' };
    },
  });
}

type Values = Readonly<Record<string, unknown>>;

/** A run of shop-api as the guide writes runs; what is given replaces its parts. */
export function sampleRun({
  metadata,
  owner,
  workflow,
  repository,
  revision,
  parameters,
}: {
  readonly [part: string]: Values;
} = {}): Values {
  return {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name: 'shop-api-001', namespace: 'default', ...metadata },
    spec: {
      owner: { projectName: 'shop', componentName: 'shop-api', ...owner },
      workflow: {
        name: 'docker-gitops-release',
        systemParameters: {
          repository: {
            url: 'https://github.com/acme/shop',
            revision: { branch: 'main', ...revision },
            appPath: '/services/api',
            ...repository,
          },
        },
        parameters: parameters ?? {
          docker: { context: '/services/api', filePath: '/services/api/Dockerfile' },
          workloadDescriptorPath: 'workload.yaml',
        },
        ...workflow,
      },
    },
  };
}

/** Settings of the operator. */
export const defaults = { httpHosts: ['127.0.0.1:3000'], flows: builtInFlows };
/** Both platforms. */
export const catalog = catalogOf(platform, developerPlatform);
/** Looks like a token of GitHub. */
export const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

/** The plan of a run, by default in the catalog of both platforms. */
export function plan(run: unknown, options: { workflowId?: string; catalog?: typeof catalog } = {}): Promise<Plan> {
  return resolvePlan({ run, catalog, workflowId: null, defaults, ...options });
}

/** A run of the workflow whose developers say where the release goes. */
export const developerRun = (parameters: Record<string, unknown>) =>
  sampleRun({
    workflow: { name: 'docker-for-developers' },
    parameters: {
      gitops: { repositoryUrl: 'https://github.com/acme/gitops', deploymentPipeline: 'standard' },
      ...parameters,
    },
  });

/** The platform with one argument of its workflow replaced. */
export const platformWith = (argument: string, value: string) =>
  catalogOf(
    platform.replace(new RegExp(`(name: ${argument}, value: ).*( \\})`), (_, before, after) => before + value + after),
  );
