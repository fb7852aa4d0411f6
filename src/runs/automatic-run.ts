import type { Component } from '../openchoreo/kinds/component.ts';
import { apiVersion } from '../openchoreo/kinds/fields.ts';
import type { Trigger } from './plan.ts';
import { automaticRunName } from './run-name.ts';

/** What asks for a run. */
export interface AutomaticRequest {
  /** The full commit to build. */
  readonly commit: string;
  /** The one before it: of the push, or what was last requested. */
  readonly before: string | null;
  /** See `automaticRunName`. */
  readonly occurrence: string;
  readonly trigger: Omit<Trigger, 'before'> & { readonly kind: 'webhook' | 'sweep' };
}

/** The ComponentWorkflowRun that builds a component at a commit with its own parameters. The same request gives the same run. */
export function automaticRun(component: Component, { commit, before, occurrence, trigger }: AutomaticRequest): unknown {
  const { name, namespace } = component.metadata;
  const { owner } = component.spec;
  // The kind is of a later dialect, and a run can only be of ComponentWorkflows; all else is kept, so that a slip is refused.
  const { kind: _, ...workflow } = component.spec.workflow ?? {};
  const repository = workflow.systemParameters?.repository;
  const annotations = {
    'slipway.dev/trigger': trigger.kind,
    'slipway.dev/actor': trigger.actor,
    'slipway.dev/delivery': trigger.delivery,
    'slipway.dev/before': before,
    'slipway.dev/received-at': trigger.receivedAt,
  };
  return {
    apiVersion,
    kind: 'ComponentWorkflowRun',
    metadata: {
      name: automaticRunName(name, commit, before, occurrence),
      namespace: namespace || 'default',
      annotations: Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null)),
    },
    spec: {
      owner: { projectName: owner.projectName, componentName: name },
      workflow: {
        ...workflow,
        systemParameters: {
          ...workflow.systemParameters,
          repository: { ...repository, revision: { ...repository?.revision, commit } },
        },
      },
    },
  };
}
