import type { ControllerConfig } from './config.ts';
import { checkDefinition } from './controller/check-definition.ts';
import { createClusterRuns } from './controller/cluster-runs.ts';
import { createReconcile } from './controller/reconcile.ts';
import { runController } from './controller/standalone.ts';
import { createSweep } from './controller/sweep.ts';
import { followObjects } from './kubernetes/follow-objects.ts';
import { kubeCall } from './kubernetes/kube-call.ts';
import { loadKubeConfig, openKubeConnection } from './kubernetes/kube-connection.ts';
import type { Logger } from './logger.ts';
import { cancelRun } from './temporal/cancel-run.ts';
import { connectClient, type TemporalSettings } from './temporal/connect.ts';
import { describeRun } from './temporal/describe-run.ts';
import { explainTrouble } from './temporal/explain-trouble.ts';
import { findOwner } from './temporal/find-owner.ts';
import { listRunsUnderWay } from './temporal/list-runs-under-way.ts';
import { runWorkflowId } from './temporal/names.ts';
import { createPatience } from './temporal/patience.ts';
import { readInput } from './temporal/read-input.ts';
import { startRun } from './temporal/start-run.ts';

/** A question to Temporal waits so long, in milliseconds; the next round asks again. A description also waits for a worker's answer. */
const askMs = 5_000;
const describeMs = 20_000;

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
  const { client, connection } = await connectClient(temporal);
  const resources = createClusterRuns(kube, lifetime);
  const { within, settled } = createPatience(connection);
  const ask = <T>(work: () => Promise<T>, ms = askMs): Promise<T> =>
    within(ms, work).catch((error: unknown) => {
      throw explainTrouble(error, temporal);
    });
  const owner = (id: string) => ask(() => findOwner(client, id));
  const reconcile = createReconcile({
    resources,
    runs: {
      idOf: runWorkflowId,
      async start({ namespace, name, uid, run }) {
        const started = {
          namespace,
          name,
          run,
          trigger: 'controller',
          memo: { uid, cluster },
          requestId: uid,
        } as const;
        const { joined } = await ask(() => startRun(client, started));
        if (!joined) logger.info('run started', { run: `${namespace}/${name}`, uid });
      },
      owner,
      describe: (id, execution) => ask(() => describeRun(client, id, execution), describeMs),
      cancel: (id) => ask(() => cancelRun(client, id)),
    },
  });
  const sweep = createSweep({
    runs: {
      underWay: () => ask(() => listRunsUnderWay(client)),
      owner,
      input: (id) => ask(() => readInput(client, id)),
      cancel: (id, execution) => ask(() => cancelRun(client, id, execution)),
    },
    resources,
    cluster,
    namespaces: config.namespaces,
    logger,
  });
  const lists = (config.namespaces ?? [undefined]).map((namespace) => {
    const call = { ...kubeCall('openchoreo', 'list', 'componentworkflowruns', namespace), method: 'GET' } as const;
    return followObjects(kube, call, lifetime);
  });
  logger.info('controller started', { namespaces: config.namespaces ?? 'all' });
  try {
    await runController({ lists, reconcile, sweep, lifetime, logger });
  } finally {
    await settled();
    await connection.close();
  }
}
