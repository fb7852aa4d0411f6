import express, { type Express } from 'express';
import type { Metrics } from './metrics.ts';

/** `GET /metrics`, for Prometheus: an app of its own, so that what the internet reaches does not hold it. */
export function createMetricsApp(metrics: Metrics): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  return app;
}
