import type { DeliveryDescription } from '../temporal/describe-delivery.ts';
import type { DeliveryStart } from '../temporal/start-delivery.ts';
import type { AcceptedDelivery } from '../webhooks/accepted-delivery.ts';

/** Where deliveries go, durable before `accept` resolves. All of it rejects where that place is away. */
export interface Inbox {
  /** Takes a delivery in; safe to repeat. */
  accept(delivery: AcceptedDelivery, bodyHash: string): Promise<DeliveryStart>;
  /** What became of a delivery, by `<provider>/<id>`; null where none of that id is known. */
  find(id: string): Promise<DeliveryDescription | null>;
  /** Resolves where it can be reached. */
  check(): Promise<void>;
}
