import { stringify } from 'yaml';
import { ComponentWorkflowRun } from '../../src/openchoreo/kinds/component-workflow-run.ts';
import { ComponentWorkflowRunStatus } from '../../src/openchoreo/kinds/component-workflow-run-status.ts';
import { apiVersion } from '../../src/openchoreo/kinds/fields.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly about: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: StructuralSchema;
  /** With one there is a subresource for it. */
  readonly status?: StructuralSchema;
  readonly columns?: readonly { readonly name: string; readonly jsonPath: string; readonly type?: string }[];
}

const [group = '', version = ''] = apiVersion.split('/');

/** A CustomResourceDefinition of OpenChoreo's group. */
export function definition({ kind, plural, about, labels, spec, status, columns }: Definition) {
  const printed = [...(columns ?? []), { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' }];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(labels && { labels }) },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(status !== undefined && { subresources: { status: {} } }),
          additionalPrinterColumns: printed.map(({ name, jsonPath, type = 'string' }) => ({ name, type, jsonPath })),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: about,
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec,
                ...(status !== undefined && { status }),
              },
            },
          },
        },
      ],
    },
  };
}

/** The definitions that Slipway brings, as the files of this folder, by their names. */
export function definitionFiles(): ReadonlyMap<string, string> {
  const run = definition({
    kind: 'ComponentWorkflowRun',
    plural: 'componentworkflowruns',
    about: 'One build-and-release of one component. Its spec is read when it starts; a later change has no effect.',
    // So that our controller knows that nobody else's reconciles them.
    labels: { 'app.kubernetes.io/managed-by': 'slipway' },
    spec: structuralSchema(ComponentWorkflowRun.shape.spec),
    status: structuralSchema(ComponentWorkflowRunStatus),
    columns: [
      { name: 'Component', jsonPath: '.spec.owner.componentName' },
      { name: 'Commit', jsonPath: '.status.commit' },
      { name: 'Phase', jsonPath: '.status.phase' },
      { name: 'PR', jsonPath: '.status.pullRequest.url' },
    ],
  });
  return new Map([
    [
      `${run.metadata.name}.yaml`,
      `# Made by "node deploy/crds/write.ts" from src/openchoreo/kinds.\n${stringify(run, { lineWidth: 0, aliasDuplicateObjects: false })}`,
    ],
  ]);
}
