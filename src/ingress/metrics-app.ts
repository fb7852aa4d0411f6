import express, { type Express } from 'express';
import type { MetricsText } from '../metrics/metrics-text.ts';

/** `GET /metrics`, for Prometheus: an app of its own, so that what the internet reaches does not hold it. With `isReady`, also `/healthz` and `/readyz`. */
export function createMetricsApp(metrics: MetricsText, isReady?: () => boolean): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  if (isReady !== undefined) {
    app.get('/healthz', (_request, response) => void response.json({ ok: true }));
    app.get('/readyz', (_request, response) => {
      const ok = isReady();
      response.status(ok ? 200 : 503).json({ ok });
    });
  }
  return app;
}
