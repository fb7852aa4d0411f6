import { checkDefinition } from './controller/check-definition.ts';
import { createClusterRuns } from './controller/cluster-runs.ts';
import { createReconcile } from './controller/reconcile.ts';
import { resourceStatuses } from './controller/resource-status.ts';
import { type RunResource, readRunResource } from './controller/run-resource.ts';
import { runController } from './controller/run-rounds.ts';
import { createSweep } from './controller/sweep.ts';
import type { ControllerConfig } from './controller-config.ts';
import { followObjects } from './kubernetes/follow-objects.ts';
import { kubeCall } from './kubernetes/kube-call.ts';
import { loadKubeConfig, openKubeConnection } from './kubernetes/kube-connection.ts';
import type { Logger } from './logger.ts';
import { tellHealth } from './tell-health.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import { connectControlledRuns } from './temporal/controlled-runs.ts';

/**
 * Makes runs of the ComponentWorkflowRuns in a cluster, and shows how they stand, until `lifetime` ends. Throws where it cannot
 * begin: no cluster, no Temporal, or a kind that is not ours.
 */
export async function controlRuns(
  config: ControllerConfig,
  temporal: TemporalSettings,
  logger: Logger,
  lifetime: AbortSignal,
): Promise<void> {
  const kube = openKubeConnection(loadKubeConfig(config.kubeconfig));
  const cluster = await checkDefinition(kube, lifetime);
  const runs = await connectControlledRuns(temporal);
  const resources = createClusterRuns(kube, lifetime);
  const reconcile = createReconcile<RunResource>({
    resources,
    statuses: resourceStatuses,
    runs: {
      ...runs,
      async start({ namespace, name, uid, run }) {
        const isNew = await runs.start({ namespace, name, run, uid, cluster });
        if (isNew) logger.info('run started', { run: `${namespace}/${name}`, uid });
        return null;
      },
    },
  });
  const sweep = createSweep({ runs, resources, cluster, namespaces: config.namespaces, logger });
  const lists = (config.namespaces ?? [undefined]).map((namespace) => {
    const call = { ...kubeCall('openchoreo', 'list', 'componentworkflowruns', namespace), method: 'GET' } as const;
    return followObjects(kube, call, lifetime);
  });
  const health = await tellHealth(config.metricsListen, lifetime);
  logger.info('controller started', { mode: 'standalone', namespaces: config.namespaces ?? 'all' });
  try {
    await runController({ lists, read: readRunResource, reconcile, sweep, lifetime, logger });
  } finally {
    await Promise.all([runs.close(), health?.stop()]);
  }
}
