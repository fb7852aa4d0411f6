import { DefaultLogger, Runtime } from '@temporalio/worker';
import { translateFailures } from '../activities/failures.ts';
import { beatHeart } from '../activities/heartbeats.ts';
import { createActivities } from '../activities/index.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import { assembleSteps } from './steps.ts';
import { connectClient, connectWorker, type TemporalSettings } from './temporal/connect.ts';
import { buildTaskQueue } from './temporal/names.ts';
import { scheduleJanitor } from './temporal/schedule-janitor.ts';
import { scheduleSweep } from './temporal/schedule-sweep.ts';
import { registerSearchAttributes } from './temporal/search-attributes.ts';
import { createWorkers, expectedWarning } from './temporal/workers.ts';

export interface RunningWorker {
  /** Resolves when the workers have stopped; rejects when one of them failed. */
  readonly done: Promise<void>;
  /** Lets running steps go back to the queue; builds go on and are found again. */
  stop(): void;
}

/** Starts a worker. It stops by itself on SIGINT and SIGTERM. */
export async function startWorker(config: Config, temporal: TemporalSettings, logger: Logger): Promise<RunningWorker> {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
      level === 'ERROR' ? logger.error(message, meta) : message !== expectedWarning && logger.warn(message, meta),
    ),
  });
  const queue = buildTaskQueue(config.builds.host);
  const lifetime = new AbortController();
  const steps = await assembleSteps(config, logger, lifetime.signal);
  const janitorQueue = steps.sweepJobs === null ? null : queue;
  const searchAttributes = await prepareTemporal(temporal, { janitorQueue, sweepSeconds: config.sweepSeconds }, logger);
  const connection = await connectWorker(temporal);
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    activities: createActivities({ ...steps, buildTaskQueue: queue, searchAttributes, temporalUi: config.temporalUi }),
    interceptors: [beatHeart, translateFailures],
    buildTaskQueue: queue,
    buildsAtOnce: config.builds.atOnce,
  });
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
    return connection.close();
  });
  logger.info('worker started', { namespace: temporal.namespace, buildTaskQueue: queue });
  return { done: done.then(() => undefined), stop };
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
    if (janitorQueue !== null) {
      await scheduleJanitor(client, janitorQueue).catch((error: unknown) =>
        logger.warn('janitor not scheduled: Jobs of runs whose workers died stay until their time is over', { error }),
      );
    }
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
