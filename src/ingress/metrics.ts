import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Numbers for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** All of them in Prometheus' own form. */
  text(): Promise<string>;
  /** One request, in seconds. */
  request(route: string, status: number, seconds: number): void;
  /** One webhook call, by what became of it: `accepted`, `joined`, or why it was not. */
  delivery(provider: string, answer: string): void;
}

/** Numbers of this app and this process, in a registry of their own. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  collectDefaultMetrics({ ...(registry && { register: registry }) });
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
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    text: async () => registry?.metrics() ?? '',
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
    delivery: (provider, answer) => deliveries.inc({ provider, answer }),
  };
}
