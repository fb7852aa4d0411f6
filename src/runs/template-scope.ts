import { Failure } from '../failures.ts';
import type { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { parseParameterSchema } from '../openchoreo/workflow/parameter-schema.ts';
import { resolveParameters } from '../openchoreo/workflow/parameters.ts';
import { listProblems, type Problem } from '../openchoreo/workflow/problem.ts';
import { type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import type { RunRequest } from './run-request.ts';
import { systemParameterFields, withoutEmptySecret } from './system-parameters.ts';

/**
 * What a run template may name: the run's parameters with their defaults, and its names. Problems are the run's. Throws
 * `ManifestInvalid` where the ComponentWorkflow's schema cannot be read.
 */
export function templateScope(
  request: RunRequest,
  workflow: ComponentWorkflow,
  owner: string,
): { readonly scope: TemplateScope; readonly problems: readonly Problem[] } {
  const { types, systemParameters, parameters } = workflow.spec.schema ?? {};
  const system = parseParameterSchema(systemParameters, 'spec.schema.systemParameters', types ?? {});
  const own = parseParameterSchema(parameters, 'spec.schema.parameters', types ?? {});
  const unreadable = [...system.problems, ...own.problems];
  if (unreadable.length > 0) throw invalidManifest(owner, unreadable);

  const filledSystem = resolveParameters(
    systemParameterFields(system.fields),
    request.systemParameters,
    'spec.workflow.systemParameters',
  );
  const filled = resolveParameters(own.fields, request.parameters, 'spec.workflow.parameters');
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
      systemParameters: withoutEmptySecret(filledSystem.values),
      parameters: filled.values,
      secretRef: { name: '', type: '', data: [] },
    },
    problems: [...filledSystem.problems, ...secretProblems(filledSystem.values), ...filled.problems],
  };
}

function secretProblems(systemParameters: unknown): readonly Problem[] {
  if ((valueAt(systemParameters, 'repository.secretRef') ?? '') === '') return [];
  const message =
    'is supported by the kubernetes secret source only, which comes later; leave it out and store the token as the secret git-token';
  return [{ path: 'spec.workflow.systemParameters.repository.secretRef', message }];
}

/** The failure that lists the mistakes in a resource of the platform. */
export function invalidManifest(owner: string, problems: readonly Problem[]): Failure {
  return new Failure('ManifestInvalid', `${owner} does not fit; correct these fields:${listProblems(problems)}`);
}
