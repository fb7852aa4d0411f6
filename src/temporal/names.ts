/** Temporal's name for our workers of all versions. */
export const deploymentName = 'slipway';

/** Task queue of workflows and short steps. */
export const taskQueue = 'slipway';

/** Task queue of builds: one for every worker of a shared plane, or that of one machine when builds are its processes. */
export function buildTaskQueue(host: string | null): string {
  return host === null ? 'slipway-build' : `slipway-build-${host}`;
}

/** Task queue on which builds of another one are ended: its own, so that running builds never take its slots. */
export function controlTaskQueue(queue: string): string {
  return `${queue}-control`;
}

/** The machine whose processes are the builds of this task queue, or null for one that every worker shares. */
export function buildHost(queue: string): string | null {
  return /^slipway-build-(.+)$/.exec(queue)?.[1] ?? null;
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

/** Namespace and name of the run with this workflow id, or null where it is none of a run's. */
export function readRunWorkflowId(workflowId: string): { readonly namespace: string; readonly name: string } | null {
  const [, namespace, name] = /^run\/([^/]+)\/([^/]+)$/.exec(workflowId) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}

/** Workflow id of a component's queue. */
export function queueWorkflowId(component: { namespace: string; project: string; component: string }): string {
  return `queue/${component.namespace}/${component.project}/${component.component}`;
}

const deliveryPrefix = 'delivery/';

/** Workflow id of a delivery, whose own id is `<provider>/<id>`. */
export function deliveryWorkflowId(id: string): string {
  return `${deliveryPrefix}${id}`;
}

/** Id of the delivery with this workflow id. */
export function readDeliveryWorkflowId(workflowId: string): string {
  return workflowId.startsWith(deliveryPrefix) ? workflowId.slice(deliveryPrefix.length) : workflowId;
}
