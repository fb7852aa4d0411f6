import type { Cluster } from './cluster.ts';

/** Argo's kind as far as OpenChoreo and we use it, with the columns of `kubectl get workflow`; as Argo's, without a part for its status. */
const workflows = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'workflows.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    names: {
      kind: 'Workflow',
      listKind: 'WorkflowList',
      plural: 'workflows',
      singular: 'workflow',
      shortNames: ['wf'],
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: 'Status', type: 'string', jsonPath: '.status.phase' },
          { name: 'Age', type: 'date', format: 'date-time', jsonPath: '.status.startedAt' },
          { name: 'Message', type: 'string', jsonPath: '.status.message' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: Object.fromEntries(
              ['spec', 'status'].map((name) => [
                name,
                { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              ]),
            ),
          },
        },
      },
    ],
  },
};

/** Installs it, and waits until it can be used. Safe to repeat. */
export async function installArgoKinds({ kubectl }: Cluster): Promise<void> {
  await kubectl(['apply', '--filename', '-'], workflows);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', `crd/${workflows.metadata.name}`]);
}
