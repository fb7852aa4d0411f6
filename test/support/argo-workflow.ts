/** What OpenChoreo makes of the sample run of the unit tests, with other arguments where they are given. */
export function argoWorkflow(given: Readonly<Record<string, string>> = {}, name = 'shop-api-001') {
  const parameters = {
    'component-name': 'shop-api',
    'project-name': 'shop',
    'namespace-name': 'default',
    'git-repo': 'https://github.com/acme/shop',
    branch: 'main',
    commit: '',
    'app-path': 'services/api',
    'docker-context': 'services/api',
    'dockerfile-path': 'services/api/Dockerfile',
    'workload-descriptor-path': 'workload.yaml',
    'gitops-repo-url': 'https://github.com/acme/gitops',
    'gitops-branch': 'main',
    'registry-url': 'registry.acme.example:5000',
    'image-name': 'shop-shop-api-image',
    'image-tag': 'v1',
    ...given,
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name, namespace: 'openchoreo-ci-default' },
    spec: {
      arguments: { parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })) },
      serviceAccountName: 'workflow-sa',
      workflowTemplateRef: { clusterScope: true, name: 'docker-gitops-release' },
    },
  };
}
