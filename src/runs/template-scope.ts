import { Failure } from '../failures.ts';
import type { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { resolveParameters } from '../openchoreo/workflow/parameters.ts';
import { listProblems, type Problem } from '../openchoreo/workflow/problem.ts';
import { type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import type { RunRequest } from './run-request.ts';
import { withoutEmptySecret } from './system-parameters.ts';
import { readWorkflowSchema } from './workflow-schema.ts';

/**
 * What a run template may name: the run's parameters with their defaults, and its names. Problems are the run's. Throws
 * `ManifestInvalid` where the ComponentWorkflow's schema cannot be read, or its run template never filled in.
 */
export function templateScope(
  request: RunRequest,
  workflow: ComponentWorkflow,
  owner: string,
): { readonly scope: TemplateScope; readonly problems: readonly Problem[] } {
  const { schema, problems } = readWorkflowSchema(workflow);
  if (problems.length > 0) throw invalidManifest(owner, problems);

  const system = resolveParameters(schema.systemParameters, request.systemParameters, 'spec.workflow.systemParameters');
  const own = resolveParameters(schema.parameters, request.parameters, 'spec.workflow.parameters');
  const metadata = {
    workflowRunName: request.name,
    namespaceName: request.namespace,
    projectName: request.project,
    componentName: request.component,
    namespace: `openchoreo-ci-${request.namespace}`,
  };
  return {
    scope: {
      metadata,
      systemParameters: withoutEmptySecret(system.values),
      parameters: own.values,
      secretRef: { name: secretRefOf(system.values) ?? '', type: '', data: [] },
    },
    problems: [...system.problems, ...own.problems],
  };
}

/** The Secret that a run names for its source; null where it names none. */
export function secretRefOf(systemParameters: unknown): string | null {
  const secretRef = valueAt(systemParameters, 'repository.secretRef');
  return typeof secretRef === 'string' && secretRef !== '' ? secretRef : null;
}

/** The failure that lists the mistakes in a resource of the platform. */
export function invalidManifest(owner: string, problems: readonly Problem[]): Failure {
  return new Failure('ManifestInvalid', `${owner} does not fit; correct these fields:${listProblems(problems)}`);
}
