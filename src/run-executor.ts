import { argoStatuses } from './controller/argo-status.ts';
import { isOurs, readWorkflow, type WorkflowResource } from './controller/argo-workflow.ts';
import { cancelOrphans } from './controller/cancel-orphans.ts';
import { checkNeighbours } from './controller/check-neighbours.ts';
import { createClusterWorkflows } from './controller/cluster-workflows.ts';
import { createReconcile } from './controller/reconcile.ts';
import { runController } from './controller/run-rounds.ts';
import { createWaitForSecrets } from './controller/wait-for-secrets.ts';
import type { ControllerConfig } from './controller-config.ts';
import { followObjects } from './kubernetes/follow-objects.ts';
import { kubeCall } from './kubernetes/kube-call.ts';
import { loadKubeConfig, openKubeConnection } from './kubernetes/kube-connection.ts';
import type { Logger } from './logger.ts';
import { readRenderedRun } from './runs/rendered-run.ts';
import { tellHealth } from './tell-health.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import { connectControlledRuns } from './temporal/controlled-runs.ts';

/**
 * Executes the Argo Workflows that OpenChoreo makes for our flows, until `lifetime` ends. Throws where it cannot begin: no cluster,
 * no Temporal, or somebody else who would execute them too.
 */
export async function executeWorkflows(
  config: ControllerConfig,
  temporal: TemporalSettings,
  logger: Logger,
  lifetime: AbortSignal,
): Promise<void> {
  const kube = openKubeConnection(loadKubeConfig(config.kubeconfig));
  const cluster = await checkNeighbours(kube, config.instanceId, lifetime);
  const runs = await connectControlledRuns(temporal);
  const resources = createClusterWorkflows(kube, lifetime);
  const waitForSecrets = createWaitForSecrets(kube, config.secretWaitSeconds, lifetime);
  const reconcile = createReconcile<WorkflowResource>({
    resources,
    statuses: argoStatuses,
    runs: {
      ...runs,
      async start(workflow) {
        const { namespace, name } = readRenderedRun(workflow.run, null);
        const waitsFor = await waitForSecrets(workflow);
        if (waitsFor !== null) return waitsFor;
        const { uid, run } = workflow;
        const isNew = await runs.start({ namespace, name, run, uid, cluster, place: workflow.namespace });
        if (isNew) logger.info('run started', { run: `${namespace}/${name}`, workflow: workflow.namespace, uid });
        return null;
      },
    },
  });
  const flows = new Set(Object.keys(config.flows));
  const lists = (config.namespaces ?? [undefined]).map((namespace) => {
    const call = { ...kubeCall('argo', 'list', 'workflows', namespace), method: 'GET' } as const;
    const list = followObjects(kube, call, lifetime);
    const now = async () =>
      new Map([...(await list.now())].filter(([, object]) => isOurs(object, flows, config.instanceId)));
    return { ...list, now };
  });
  const sweep = () => cancelOrphans({ runs, resources, cluster, namespaces: config.namespaces, logger });
  const health = await tellHealth(config.metricsListen, lifetime);
  logger.info('controller started', { mode: 'executor', namespaces: config.namespaces ?? 'all' });
  try {
    await runController({ lists, read: readWorkflow, reconcile, sweep, lifetime, logger });
  } finally {
    await Promise.all([runs.close(), health?.stop()]);
  }
}
