/** Task queue of workflows and short steps. */
export const taskQueue = 'slipway';

/** Task queue of builds: one for every worker of a shared plane, or that of one machine when builds are its processes. */
export function buildTaskQueue(host: string | null): string {
  return host === null ? 'slipway-build' : `slipway-build-${host}`;
}

/** Search attributes of our workflows, all of type Keyword. */
export const searchAttributeNames = [
  'SlipwayNamespace',
  'SlipwayProject',
  'SlipwayComponent',
  'SlipwayRepository',
  'SlipwayCommit',
  'SlipwayPhase',
  'SlipwayOutcome',
] as const;

export type SearchAttributeName = (typeof searchAttributeNames)[number];

/** Workflow id of a run. */
export function runWorkflowId(namespace: string, name: string): string {
  return `run/${namespace}/${name}`;
}

/** Workflow id of a component's queue. */
export function queueWorkflowId(component: { namespace: string; project: string; component: string }): string {
  return `queue/${component.namespace}/${component.project}/${component.component}`;
}
