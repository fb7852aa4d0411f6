import type { Catalog } from '../catalog/catalog.ts';
import { Failure } from '../failures.ts';
import type { Component } from '../openchoreo/kinds/component.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import { usualDescriptor } from './argument-schemas.ts';
import { findComponent, findResources } from './find-resources.ts';
import { isRenderedRun, readRenderedRun, renderedRunTitle } from './rendered-run.ts';
import { RepositoryPath } from './repository-path.ts';
import { type RunRequest, readRunRequest } from './run-request.ts';
import type { TemplateArgument } from './template-arguments.ts';
import { templateScope } from './template-scope.ts';

/** What a run asks for, and the template that says how it is done. */
export interface FoundTemplate {
  readonly request: RunRequest;
  readonly component: Component;
  readonly template: unknown;
  /** Null: the template is filled already. */
  readonly scope: TemplateScope | null;
  /** What messages call the resource that the template is in. */
  readonly owner: string;
  /** The run's. */
  readonly problems: readonly Problem[];
  /** True where the run or the Component itself says by this argument that the descriptor is elsewhere: then it has to be there. */
  readonly namesDescriptor: (argument: TemplateArgument | undefined) => boolean;
}

interface TemplateRequest {
  readonly run: unknown;
  readonly catalog: Catalog;
  readonly workflowId: string | null;
  /** True where an Argo Workflow is taken for a run. */
  readonly renderedRuns: boolean;
}

/** Finds the template of a run: that of its ComponentWorkflow, or what OpenChoreo made of one. Throws `InvalidRun`, `ManifestInvalid`, `NotAllowed`. */
export async function findTemplate({
  run,
  catalog,
  workflowId,
  renderedRuns,
}: TemplateRequest): Promise<FoundTemplate> {
  if (isRenderedRun(run)) {
    if (renderedRuns) return findRendered(run, catalog, workflowId);
    const text = `${renderedRunTitle(run)} is no ComponentWorkflowRun. To execute the Workflows that OpenChoreo makes, set SLIPWAY_EXECUTOR=true for the workers.`;
    throw new Failure('NotAllowed', text);
  }
  const request = readRunRequest(run, workflowId);
  const { component, workflow } = await findResources(request, catalog);
  const owner = `ComponentWorkflow ${request.namespace}/${request.workflow} in the ${catalog.description}`;
  const { scope, problems } = templateScope(request, workflow, owner);
  const own = { parameters: request.parameters, systemParameters: request.systemParameters };
  return {
    request,
    component,
    template: workflow.spec.runTemplate,
    scope,
    owner,
    problems,
    namesDescriptor: (argument) =>
      [own, component.spec.workflow].some((values) =>
        (argument?.expressions ?? []).some((path) => isUnusual(valueAt(values, path))),
      ),
  };
}

/** OpenChoreo has checked that the component's type allows the ComponentWorkflow, whose name is lost. */
async function findRendered(run: unknown, catalog: Catalog, workflowId: string | null): Promise<FoundTemplate> {
  const request = readRenderedRun(run, workflowId);
  return {
    request,
    component: await findComponent(request, catalog),
    template: run,
    scope: null,
    owner: renderedRunTitle(run),
    problems: [],
    namesDescriptor: (argument) => isUnusual(argument?.value),
  };
}

function isUnusual(path: unknown): boolean {
  const named = RepositoryPath.safeParse(path);
  return named.success && named.data !== usualDescriptor;
}
