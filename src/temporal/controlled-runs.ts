import { cancelRun } from './cancel-run.ts';
import { connectClient, type TemporalSettings } from './connect.ts';
import { describeRun } from './describe-run.ts';
import { explainTrouble } from './explain-trouble.ts';
import { findOwner } from './find-owner.ts';
import { listRunsUnderWay } from './list-runs-under-way.ts';
import { runWorkflowId } from './names.ts';
import { createPatience } from './patience.ts';
import { readInput } from './read-input.ts';
import { startRun } from './start-run.ts';

/** A run that a resource of a cluster asks for. */
export interface ResourceRun {
  readonly namespace: string;
  readonly name: string;
  readonly run: unknown;
  readonly uid: string;
  /** Names the cluster. */
  readonly cluster: string;
  /** Namespace of the resource, where it is not the run's. */
  readonly place?: string;
}

/** A question to Temporal waits so long, in milliseconds; the next round asks again. A description also waits for a worker's answer. */
const askMs = 5_000;
const describeMs = 20_000;

/** Connects to Temporal for a controller. Every call ends after a while, and throws what is wrong. */
export async function connectControlledRuns(settings: TemporalSettings) {
  const { client, connection } = await connectClient(settings);
  const { within, settled } = createPatience(connection);
  const ask = <T>(work: () => Promise<T>, ms = askMs): Promise<T> =>
    within(ms, work).catch((error: unknown) => {
      throw explainTrouble(error, settings);
    });
  return {
    idOf: ({ namespace, name }: Pick<ResourceRun, 'namespace' | 'name'>) => runWorkflowId(namespace, name),
    /** Starts the run of a resource, once for its UID. True where it was not there before. */
    async start({ namespace, name, run, uid, cluster, place }: ResourceRun): Promise<boolean> {
      const memo = { uid, cluster, ...(place !== undefined && { place }) };
      const start = { namespace, name, run, trigger: 'controller', memo, requestId: uid } as const;
      return !(await ask(() => startRun(client, start))).joined;
    },
    owner: (id: string) => ask(() => findOwner(client, id)),
    describe: (id: string, execution: string) => ask(() => describeRun(client, id, execution), describeMs),
    cancel: (id: string, execution?: string) => ask(() => cancelRun(client, id, execution)),
    underWay: () => ask(() => listRunsUnderWay(client)),
    input: (id: string) => ask(() => readInput(client, id)),
    async close(): Promise<void> {
      await settled();
      await connection.close();
    },
  };
}
