import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { translateFailures } from '../../activities/failures.ts';
import { beatHeart } from '../../activities/heartbeats.ts';
import type { Activities } from '../../activities/index.ts';
import { createWorkers, type WorkersOptions } from '../../src/temporal/workers.ts';

export interface TestWorkers {
  readonly client: Client;
  stop(): Promise<void>;
}

let installed = false;

/** Real workers, with the workflows as they are and these steps, on a Temporal server that knows our search attributes. */
export async function startWorkers(
  address: string,
  steps: Activities,
  buildsAtOnce = 20,
  more: Partial<WorkersOptions> = {},
): Promise<TestWorkers> {
  if (!installed)
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  installed = true;
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const workers = await createWorkers({
    connection: native,
    namespace: 'default',
    activities: steps,
    interceptors: [beatHeart, translateFailures],
    buildTaskQueue: 'slipway-build',
    buildsAtOnce,
    ...more,
  });
  const running = workers.map((worker) => worker.run());
  return {
    client: new Client({ connection }),
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.allSettled(running);
      await Promise.all([native.close(), connection.close()]);
    },
  };
}
