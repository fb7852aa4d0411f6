import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { AcceptedDelivery } from '../webhooks/accepted-delivery.ts';
import type { TemporalSettings } from './connect.ts';
import { type DeliveryDescription, describeDelivery } from './describe-delivery.ts';
import { type DeliveryStart, startDelivery } from './start-delivery.ts';

/** Providers wait ten seconds, Gitea five; before that they must know that we cannot take a delivery. */
const ACCEPT_MS = 4_000;
const FIND_MS = 30_000;

export interface TemporalInbox {
  accept(delivery: AcceptedDelivery, bodyHash: string): Promise<DeliveryStart>;
  find(id: string): Promise<DeliveryDescription | null>;
  check(): Promise<void>;
}

/** Temporal as the inbox of deliveries. It connects when it is first needed and again after Temporal was away. */
export function openInbox({ connectionOptions, namespace }: TemporalSettings): {
  readonly inbox: TemporalInbox;
  close(): Promise<void>;
} {
  const connection = Connection.lazy({ ...connectionOptions, connectTimeout: '5s' });
  const client = new Client({ connection, namespace });
  const pending = new Set<Promise<void>>();
  /** The SDK goes on trying for some seconds after a deadline, so that alone would be too late. */
  const within = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    const limit = new AbortController();
    const late = sleep(ms, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`Temporal does not answer within ${ms} ms`);
    });
    const call = connection.withDeadline(Date.now() + ms, work);
    const over = call.then(
      () => void pending.delete(over),
      () => void pending.delete(over),
    );
    pending.add(over);
    try {
      return await Promise.race([call, late]);
    } finally {
      limit.abort();
    }
  };
  return {
    inbox: {
      accept: (delivery, bodyHash) => within(ACCEPT_MS, () => startDelivery(client, delivery, bodyHash)),
      find: (id) => within(FIND_MS, () => describeDelivery(client, id)),
      check: async () => {
        await within(2_000, () => connection.workflowService.describeNamespace({ namespace }));
      },
    },
    async close() {
      // The SDK's next try on a closed connection would end the process.
      await Promise.all(pending);
      await connection.close();
    },
  };
}
