import { Failure } from '../failures.ts';
import type { Logger } from '../logger.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { RunOwner } from '../temporal/find-owner.ts';
import type { RunUnderWay } from '../temporal/list-runs-under-way.ts';
import type { ClusterRuns, NewRun } from './cluster-runs.ts';
import { isOwn } from './reconcile.ts';
import { adoptsAnnotation, type RunResource } from './run-resource.ts';

interface SweepDeps {
  readonly runs: {
    underWay(): Promise<readonly RunUnderWay[]>;
    owner(id: string): Promise<RunOwner | null>;
    /** What a run was started with. */
    input(id: string): Promise<unknown>;
    cancel(id: string, execution: string): Promise<unknown>;
  };
  readonly resources: Pick<ClusterRuns, 'find' | 'create'>;
  /** Names this cluster in the memo of runs. */
  readonly cluster: string;
  /** Those that are looked after; null for all. */
  readonly namespaces: readonly string[] | null;
  readonly logger: Logger;
}

/**
 * A function that compares runs under way with resources: a run that something else started, such as a push, gets a resource, and
 * one whose resource is gone is cancelled. Gives the keys of resources that say they are over while their run is under way.
 */
export function createSweep({ runs, resources, cluster, namespaces, logger }: SweepDeps) {
  /** Executions that cannot be made resources of. */
  const refused = new Set<string>();

  return async function sweep(known: ReadonlyMap<string, RunResource>): Promise<ReadonlySet<string>> {
    const again = new Set<string>();
    for (const run of await runs.underWay()) {
      if (namespaces !== null && !namespaces.includes(run.namespace)) continue;
      if (run.cluster !== null && run.cluster !== cluster) continue;
      const key = `${run.namespace}/${run.name}`;
      const resource = known.get(key);
      if (resource !== undefined && isOwn(resource, run)) {
        if (resource.status.completedAt !== undefined) again.add(key);
      } else if (run.uid !== null) await cancelOrphan(run);
      else if (resource === undefined && !refused.has(run.execution)) await makeResource(run);
    }
    return again;
  };

  /** What is known may be old, so the cluster is asked. */
  async function cancelOrphan({ namespace, name, uid, workflowId, execution }: RunUnderWay): Promise<void> {
    if ((await resources.find(namespace, name))?.metadata.uid === uid) return;
    logger.info('run cancelled, for its resource is gone', { run: `${namespace}/${name}` });
    await runs.cancel(workflowId, execution);
  }

  async function makeResource({ namespace, name, workflowId, execution }: RunUnderWay): Promise<void> {
    const owner = await runs.owner(workflowId);
    if (!owner?.isRunning || owner.execution !== execution) return;
    const input = await runs.input(workflowId);
    try {
      await resources.create(newRun(input, namespace, name, execution));
    } catch (error) {
      if (!(error instanceof Failure) || error.type !== 'ManifestInvalid') throw error;
      refused.add(execution);
      logger.warn('a run cannot be shown as a resource', { run: `${namespace}/${name}`, message: error.message });
    }
  }
}

function newRun(input: unknown, namespace: string, name: string, execution: string): NewRun {
  const { apiVersion, kind, metadata, spec } = isPlainObject(input) ? input : {};
  const { labels, annotations } = isPlainObject(metadata) ? metadata : {};
  const own = { ...(isPlainObject(annotations) ? annotations : {}), [adoptsAnnotation]: execution };
  return {
    apiVersion,
    kind,
    metadata: { namespace, name, ...(isPlainObject(labels) && { labels }), annotations: own },
    spec,
  };
}
