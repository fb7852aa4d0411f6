import type { DeliverySummary } from '../temporal/delivery-summary.ts';
import type { DeliveryDescription } from '../temporal/describe-delivery.ts';

/** The deliveries of a Temporal namespace, by `<provider>/<id>`. */
export interface Deliveries {
  list(): AsyncIterable<DeliverySummary>;
  describe(id: string): Promise<DeliveryDescription | null>;
  replay(id: string): Promise<boolean>;
}

/** What the delivery commands need. */
export interface DeliveryDeps {
  /** Connects, works, and lets go of the connection. Throws a `Failure` where Temporal cannot be used. */
  withDeliveries<T>(work: (deliveries: Deliveries) => Promise<T>): Promise<T>;
}
