import { Counter, Histogram } from 'prom-client';
import { createRegistry, type MetricsText, metricsText } from '../metrics/metrics-text.ts';
import { providers } from '../webhooks/read-delivery.ts';

/** A server's numbers for Prometheus. */
export interface Metrics extends MetricsText {
  /** One request, in seconds. */
  request(route: string, status: number, seconds: number): void;
  /** One webhook call, by what became of it: `accepted`, `joined`, or why it was not. */
  delivery(provider: string, answer: string): void;
}

/** Numbers of this app and this process, in a registry of their own. */
export function createMetrics(): Metrics {
  const register = createRegistry('server');
  const registers = [register];
  const requests = new Histogram({
    name: 'slipway_http_request_seconds',
    help: 'Requests by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const deliveries = new Counter({
    name: 'slipway_deliveries_total',
    help: 'Webhook calls by what was answered.',
    labelNames: ['provider', 'answer'],
    registers,
  });
  // What an alert counts must be there before it happens.
  for (const provider of Object.keys(providers)) deliveries.inc({ provider, answer: 'signature' }, 0);
  return {
    ...metricsText(register),
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
    delivery: (provider, answer) => deliveries.inc({ provider, answer }),
  };
}
