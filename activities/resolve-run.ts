import { activityInfo } from '@temporalio/activity';
import type { Catalog } from '../src/catalog/catalog.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type PlanDefaults, resolvePlan } from '../src/runs/resolve.ts';

export interface ResolveDeps {
  readonly catalog: Catalog;
  readonly planDefaults: PlanDefaults;
  /** Where this worker's builds run, told to the run so that later steps find the same machine. */
  readonly buildTaskQueue: string;
  /** False where the server refused to register our search attributes. */
  readonly searchAttributes: boolean;
  /** Address of the Temporal UI, for links; null when nobody told. */
  readonly temporalUi: string | null;
}

/** The plan, and what the worker that made it knows about its surroundings. */
export interface Resolved {
  readonly plan: Plan;
  readonly buildTaskQueue: string;
  readonly searchAttributes: boolean;
  /** The run's page in the Temporal UI. */
  readonly link: string | null;
}

export function createResolveRun({ catalog, planDefaults, buildTaskQueue, searchAttributes, temporalUi }: ResolveDeps) {
  return {
    /** Decides everything that can be decided before touching code hosts. Throws `InvalidRun`, `NotAllowed`. Safe to repeat. */
    async resolveRun({ run }: { readonly run: unknown }): Promise<Resolved> {
      const { workflowExecution, workflowNamespace } = activityInfo();
      const { workflowId = '', runId = '' } = workflowExecution ?? {};
      const plan = await resolvePlan({ run, catalog, workflowId, defaults: planDefaults });
      const link =
        temporalUi &&
        `${temporalUi}/namespaces/${encodeURIComponent(workflowNamespace ?? 'default')}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
      return { plan, buildTaskQueue, searchAttributes, link };
    },
  };
}
