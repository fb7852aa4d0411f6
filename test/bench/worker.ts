import { DefaultLogger, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { translateFailures } from '../../activities/failures.ts';
import { beatHeart } from '../../activities/heartbeats.ts';
import { createActivities } from '../../activities/index.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { assembleSteps } from '../../src/steps.ts';
import { connectWorker, temporalSettings } from '../../src/temporal/connect.ts';
import { buildTaskQueue } from '../../src/temporal/names.ts';
import { createWorkers } from '../../src/temporal/workers.ts';
import { createWaitingPlane } from './waiting-plane.ts';

/** The product's worker with a build plane that builds nothing, as a process: `node worker.ts`. Says `ready` to its parent and ends with it. */
async function runBenchWorker(environment: NodeJS.ProcessEnv): Promise<void> {
  const { BENCH_BUILD_FOLDER, BENCH_BUILD_MS, BENCH_DIGEST } = z
    .object({ BENCH_BUILD_FOLDER: z.string(), BENCH_BUILD_MS: z.coerce.number(), BENCH_DIGEST: z.string() })
    .parse(environment);
  const config = loadConfig(environment);
  const temporal = temporalSettings(environment);
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  const steps = {
    ...(await assembleSteps(config, createLogger('warn'), new AbortController().signal)),
    plane: createWaitingPlane(BENCH_BUILD_FOLDER, BENCH_DIGEST, BENCH_BUILD_MS),
    buildTaskQueue: buildTaskQueue(config.builds.host),
    searchAttributes: true,
    temporalUi: config.temporalUi,
  };
  const connection = await connectWorker(temporal);
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    activities: createActivities(steps),
    interceptors: [beatHeart, translateFailures],
    buildTaskQueue: steps.buildTaskQueue,
    buildsAtOnce: config.builds.atOnce,
  });
  process.once('disconnect', () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  const running = workers.map((worker) => worker.run());
  process.send?.('ready');
  await Promise.all(running);
  await connection.close();
  // While somebody listens for its end, the channel keeps a process alive.
  if (process.connected) process.disconnect();
}

await runBenchWorker(process.env);
