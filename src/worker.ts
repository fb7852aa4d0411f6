import { DefaultLogger, Runtime } from '@temporalio/worker';
import { countResults } from '../activities/count-results.ts';
import { translateFailures } from '../activities/failures.ts';
import { beatHeart } from '../activities/heartbeats.ts';
import { createActivities } from '../activities/index.ts';
import { redactFailures } from '../activities/redact-failures.ts';
import { watchSteps } from '../activities/watch-steps.ts';
import type { Config } from './config.ts';
import { type ListenAddress, listen } from './ingress/listen.ts';
import { createMetricsApp } from './ingress/metrics-app.ts';
import type { Logger } from './logger.ts';
import { createWorkerMetrics } from './metrics/worker-metrics.ts';
import { createKnownSecrets, type KnownSecrets } from './secrets/known-secrets.ts';
import { assembleSteps } from './steps.ts';
import { connectClient, connectWorker, type TemporalSettings } from './temporal/connect.ts';
import { buildTaskQueue, readRunWorkflowId } from './temporal/names.ts';
import { scheduleJanitor } from './temporal/schedule-janitor.ts';
import { scheduleSweep } from './temporal/schedule-sweep.ts';
import { registerSearchAttributes } from './temporal/search-attributes.ts';
import { createWorkers, expectedWarning } from './temporal/workers.ts';

export interface RunningWorker {
  /** Resolves when the workers have stopped; rejects when one of them failed. */
  readonly done: Promise<void>;
  /** Null where metrics are not asked for. */
  readonly metricsUrl: string | null;
  /** Lets running steps go back to the queue; builds go on and are found again. */
  stop(): void;
}

/**
 * Starts a worker. It stops by itself on SIGINT and SIGTERM. `known`: the secrets that the logger leaves out. Throws `Unavailable` for
 * an address of metrics that is taken.
 */
export async function startWorker(
  config: Config,
  temporal: TemporalSettings,
  logger: Logger,
  known: KnownSecrets = createKnownSecrets(),
): Promise<RunningWorker> {
  installRuntime(logger, config.metrics.sdkListen);
  const queue = buildTaskQueue(config.builds.host);
  const lifetime = new AbortController();
  const metrics = createWorkerMetrics([...config.credentialHosts, ...config.forges.map(({ host }) => host)]);
  const steps = await assembleSteps(config, logger, lifetime.signal, known, metrics);
  const janitorQueue = steps.sweepJobs === null ? null : queue;
  const searchAttributes = await prepareTemporal(temporal, { janitorQueue, sweepSeconds: config.sweepSeconds }, logger);
  const connection = await connectWorker(temporal);
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    activities: countResults(
      createActivities({ ...steps, buildTaskQueue: queue, searchAttributes, temporalUi: config.temporalUi }),
      metrics,
    ),
    // The innermost sees an error first.
    interceptors: [
      watchSteps({ ...metrics, log: logger.info }),
      beatHeart,
      translateFailures,
      redactFailures(known.redact),
    ],
    buildTaskQueue: queue,
    buildsAtOnce: config.builds.atOnce,
    version: config.workerVersion,
    watch: {
      ended(run, end) {
        metrics.runEnded(end);
        logger.info('run ended', { run, ...end });
      },
      hadTurn: metrics.turn,
    },
  });
  const isPolling = () => workers.every((worker) => worker.getState() === 'RUNNING');
  const { listen: address } = config.metrics;
  const told = address && (await listen(createMetricsApp(metrics, isPolling), address, 'SLIPWAY_METRICS_LISTEN'));
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const done = Promise.all(
    workers.map((worker) =>
      worker.run().catch((error: unknown) => {
        stop();
        throw error;
      }),
    ),
  ).finally(() => {
    lifetime.abort();
    return Promise.all([connection.close(), told?.stop()]);
  });
  const metricsUrl = told?.url ?? null;
  logger.info('worker started', {
    namespace: temporal.namespace,
    buildTaskQueue: queue,
    version: config.workerVersion,
    metricsUrl,
  });
  return { done: done.then(() => undefined), metricsUrl, stop };
}

/** What the SDK itself has to say goes to our log, and its numbers to an address of its own. Once in a process. */
function installRuntime(logger: Logger, metrics: ListenAddress | null): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      if (message === expectedWarning) return;
      // With a task's token anybody could end the task.
      const line = { ...meta, ...runIn(meta), taskToken: undefined };
      if (level === 'ERROR') logger.error(message, line);
      else logger.warn(message, line);
    }),
    ...(metrics && { telemetryOptions: { metrics: { prometheus: prometheusAt(metrics) } } }),
  });
}

/** Names and units as Prometheus has them, which are not the SDK's defaults. */
function prometheusAt({ host, port }: ListenAddress) {
  const bindAddress = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
}

/** Workflows know their own id only. */
function runIn(meta: Readonly<Record<string, unknown>> | undefined): { readonly run?: string } {
  const run = readRunWorkflowId(String(meta?.['workflowId'] ?? ''));
  return run === null ? {} : { run: `${run.namespace}/${run.name}` };
}

/** What is to be done now and then. */
interface Schedules {
  /** The builds that a janitor looks after. */
  readonly janitorQueue: string | null;
  readonly sweepSeconds: number | null;
}

/** Says whether there are search attributes. */
async function prepareTemporal(
  temporal: TemporalSettings,
  { janitorQueue, sweepSeconds }: Schedules,
  logger: Logger,
): Promise<boolean> {
  const { client, connection } = await connectClient(temporal);
  try {
    await scheduleJanitor(client, janitorQueue).catch((error: unknown) =>
      logger.warn('janitor not scheduled: what is not needed any more stays', { error }),
    );
    await scheduleSweep(client, sweepSeconds).catch((error: unknown) =>
      logger.warn('sweep not scheduled: pushes whose webhook is lost are not found', { error }),
    );
    await registerSearchAttributes(connection, temporal.namespace);
    return true;
  } catch (error) {
    logger.warn('search attributes not registered: runs cannot be searched by component or commit', { error });
    return false;
  } finally {
    await connection.close();
  }
}
