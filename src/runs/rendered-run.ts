import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import { type RunRequest, readRunRequest } from './run-request.ts';
import { readArguments } from './template-arguments.ts';
import { invalidManifest } from './template-scope.ts';

/** True for an Argo Workflow: OpenChoreo has made it of a run and its ComponentWorkflow, so its values are final. */
export function isRenderedRun(run: unknown): boolean {
  return isPlainObject(run) && run['kind'] === 'Workflow';
}

/** What messages call an Argo Workflow. */
export function renderedRunTitle(workflow: unknown): string {
  return `Workflow ${textAt(workflow, 'metadata.namespace')}/${textAt(workflow, 'metadata.name')}`;
}

/**
 * What an Argo Workflow asks for: its name is the run's, its arguments say for which component. The flow stands where a run names
 * its ComponentWorkflow, which nobody knows here. Throws `ManifestInvalid` where the arguments do not say it, `InvalidRun`.
 */
export function readRenderedRun(workflow: unknown, workflowId: string | null): RunRequest {
  const owner = renderedRunTitle(workflow);
  const { arguments: found, problems } = readArguments(workflow, null);
  const missing = ownerArguments.filter((name) => !found.get(name)?.value);
  const all: readonly Problem[] = [
    ...problems.map(inRendered),
    ...missing.map((name) => ({ path: `spec.arguments.parameters["${name}"]`, message: 'is required' })),
  ];
  if (all.length > 0) throw invalidManifest(owner, all);
  const value = (name: string): string => found.get(name)?.value ?? '';
  const run = {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: {
      name: textAt(workflow, 'metadata.name'),
      namespace: value('namespace-name'),
      annotations: ourAnnotations(valueAt(workflow, 'metadata.annotations')),
    },
    spec: {
      owner: { projectName: value('project-name'), componentName: value('component-name') },
      workflow: {
        name: textAt(workflow, 'spec.workflowTemplateRef.name'),
        systemParameters: {
          repository: {
            url: value('git-repo'),
            revision: { branch: value('branch'), commit: value('commit') },
            appPath: value('app-path'),
          },
        },
      },
    },
  };
  return readRunRequest(run, workflowId);
}

/** A problem of a run template, with its path in what became of it. */
export function inRendered({ path, message }: Problem): Problem {
  return { path: path.replace(/^spec\.runTemplate\./, ''), message };
}

const ownerArguments = ['component-name', 'project-name', 'namespace-name'];

const ourAnnotations = (annotations: unknown): object =>
  Object.fromEntries(
    Object.entries(isPlainObject(annotations) ? annotations : {}).filter(([name]) => name.startsWith('slipway.dev/')),
  );

function textAt(value: unknown, path: string): string {
  const text = valueAt(value, path);
  return typeof text === 'string' ? text : '';
}
