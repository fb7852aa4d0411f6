import type { Logger } from '../logger.ts';
import type { RunUnderWay } from '../temporal/list-runs-under-way.ts';
import type { ClusterWorkflows } from './cluster-workflows.ts';

interface OrphanDeps {
  readonly runs: {
    underWay(): Promise<readonly RunUnderWay[]>;
    cancel(id: string, execution: string): Promise<unknown>;
  };
  readonly resources: Pick<ClusterWorkflows, 'find'>;
  /** Names this cluster in the memo of runs. */
  readonly cluster: string;
  /** Those that are looked after; null for all. */
  readonly namespaces: readonly string[] | null;
  readonly logger: Logger;
}

/** Cancels runs under way whose Workflow is gone, as when somebody took its finalizer away. Gives no keys: a finished Workflow stays so. */
export async function cancelOrphans({
  runs,
  resources,
  cluster,
  namespaces,
  logger,
}: OrphanDeps): Promise<ReadonlySet<string>> {
  for (const run of await runs.underWay()) {
    const { place, name, uid, workflowId, execution } = run;
    if (run.cluster !== cluster || place === null || (namespaces !== null && !namespaces.includes(place))) continue;
    if ((await resources.find(place, name))?.metadata.uid === uid) continue;
    logger.info('run cancelled, for its Workflow is gone', { run: `${run.namespace}/${name}` });
    await runs.cancel(workflowId, execution);
  }
  return new Set();
}
