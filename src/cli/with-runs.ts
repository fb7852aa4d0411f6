import {
  cancelRun,
  describeRun,
  findBuilds,
  findRun,
  listRuns,
  type RunHandle,
  retryRun,
  startRun,
  waitForEnd,
  watchRun,
} from '../client.ts';
import { connectClient, type TemporalSettings } from '../temporal/connect.ts';
import { explainTrouble } from '../temporal/explain-trouble.ts';
import type { Runs } from './runs.ts';

/** Connects to Temporal, does the work with its runs, and lets go. Throws a `Failure` where Temporal cannot be used. */
export async function withRuns<T>(
  settings: TemporalSettings,
  temporalUi: string | null,
  work: (runs: Runs) => Promise<T>,
): Promise<T> {
  const { client, connection } = await connectClient(settings);
  const handle = (workflowId: string): RunHandle => client.workflow.getHandle(workflowId);
  try {
    return await work({
      start: (start) => startRun(client, start),
      retry: (id) => retryRun(client, id),
      cancel: (id) => cancelRun(client, id),
      find: (id) => findRun(client, id),
      describe: (id) => describeRun(client, id),
      list: (filter) => listRuns(client, filter),
      watch: (id) => watchRun(handle(id)),
      waitForEnd: (id) => waitForEnd(handle(id)),
      builds: (id) => findBuilds(client, id),
      link: (id) => temporalUi && `${temporalUi}/namespaces/${settings.namespace}/workflows/${encodeURIComponent(id)}`,
    });
  } catch (error) {
    throw explainTrouble(error, settings);
  } finally {
    await connection.close();
  }
}
