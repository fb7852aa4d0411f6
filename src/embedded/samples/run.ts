/** The run of the sample component, as its developers would write it. */
export function sampleRun(name: string, commit: string, sourceUrl: string): object {
  return {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, namespace: 'default' },
    spec: {
      owner: { projectName: 'demo', componentName: 'greeter' },
      workflow: {
        name: 'docker-gitops-release',
        systemParameters: {
          repository: { url: sourceUrl, revision: { branch: 'main', commit }, appPath: '.' },
        },
        parameters: { docker: { context: '.', filePath: './Dockerfile' } },
      },
    },
  };
}
