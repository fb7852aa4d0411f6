import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Numbers as Prometheus reads them. */
export interface MetricsText {
  readonly contentType: string;
  /** All of them. */
  text(): Promise<string>;
}

/** A registry with the numbers of this process, and what it is. */
export function createRegistry(role: 'worker' | 'server' | 'controller'): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const info = { name: 'slipway_info', help: 'Always 1: what this process is.', labelNames: ['role'] };
  new Gauge({ ...info, registers: [register] }).set({ role }, 1);
  return register;
}

/** What a registry holds. */
export function metricsText(registry: Registry): MetricsText {
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: () => registry.metrics() };
}
