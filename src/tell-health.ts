import { type ListenAddress, listen } from './ingress/listen.ts';
import { createMetricsApp } from './ingress/metrics-app.ts';
import { createRegistry, metricsText } from './metrics/metrics-text.ts';

/**
 * Answers `/metrics`, `/healthz` and `/readyz` of a controller until it is stopped; null: does nothing. Not ready from the moment that
 * `lifetime` ends. Throws `Unavailable` for an address that is taken.
 */
export async function tellHealth(
  address: ListenAddress | null,
  lifetime: AbortSignal,
): Promise<{ stop(): Promise<void> } | null> {
  const metrics = metricsText(createRegistry('controller'));
  const app = createMetricsApp(metrics, () => !lifetime.aborted);
  return address && listen(app, address, 'SLIPWAY_METRICS_LISTEN');
}
