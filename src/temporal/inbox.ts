import { Client, Connection } from '@temporalio/client';
import type { AcceptedDelivery } from '../webhooks/accepted-delivery.ts';
import type { TemporalSettings } from './connect.ts';
import { type DeliveryDescription, describeDelivery } from './describe-delivery.ts';
import { findBuilds, type RunBuilds } from './find-builds.ts';
import { runWorkflowId } from './names.ts';
import { createPatience } from './patience.ts';
import { type DeliveryStart, startDelivery } from './start-delivery.ts';

/** Providers wait ten seconds, Gitea five; before that they must know that we cannot take a delivery. */
const ACCEPT_MS = 4_000;
const FIND_MS = 30_000;

export interface TemporalInbox {
  accept(delivery: AcceptedDelivery, bodyHash: string): Promise<DeliveryStart>;
  find(id: string): Promise<DeliveryDescription | null>;
  /** The builds of a run; null where Temporal knows no such run. */
  findBuilds(namespace: string, name: string): Promise<RunBuilds | null>;
  check(): Promise<void>;
}

/** Temporal as the inbox of deliveries. It connects when it is first needed and again after Temporal was away. */
export function openInbox({ connectionOptions, namespace }: TemporalSettings): {
  readonly inbox: TemporalInbox;
  close(): Promise<void>;
} {
  const connection = Connection.lazy({ ...connectionOptions, connectTimeout: '5s' });
  const client = new Client({ connection, namespace });
  const { within, settled } = createPatience(connection);
  return {
    inbox: {
      accept: (delivery, bodyHash) => within(ACCEPT_MS, () => startDelivery(client, delivery, bodyHash)),
      find: (id) => within(FIND_MS, () => describeDelivery(client, id)),
      findBuilds: (run, name) => within(FIND_MS, () => findBuilds(client, runWorkflowId(run, name))),
      check: async () => {
        await within(2_000, () => connection.workflowService.describeNamespace({ namespace }));
      },
    },
    async close() {
      await settled();
      await connection.close();
    },
  };
}
