import { connectClient, type TemporalSettings } from '../temporal/connect.ts';
import { describeDelivery } from '../temporal/describe-delivery.ts';
import { explainTrouble } from '../temporal/explain-trouble.ts';
import { listDeliveries } from '../temporal/list-deliveries.ts';
import { replayDelivery } from '../temporal/replay-delivery.ts';
import type { Deliveries } from './deliveries.ts';

/** Connects to Temporal, does the work with its deliveries, and lets go. Throws a `Failure` where Temporal cannot be used. */
export async function withDeliveries<T>(
  settings: TemporalSettings,
  work: (deliveries: Deliveries) => Promise<T>,
): Promise<T> {
  const { client, connection } = await connectClient(settings);
  try {
    return await work({
      list: () => listDeliveries(client),
      describe: (id) => describeDelivery(client, id),
      replay: (id) => replayDelivery(client, id),
    });
  } catch (error) {
    throw explainTrouble(error, settings);
  } finally {
    await connection.close();
  }
}
