import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';

/** Writes one line a request, with what the routes told in `response.locals`; the checks of a cluster's probes only where all is logged. */
export function accessLog(logger: Logger, metrics: Metrics, now: () => number): RequestHandler {
  return (request, response, next) => {
    const from = now();
    const { method, path } = request;
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : 499;
      const route = /^\/(api\/v1\/[a-z]+|[a-z]+$)/.exec(path)?.[0] ?? 'other';
      metrics.request(status === 404 ? 'other' : route, status, (now() - from) / 1000);
      const fields = { method, path, status, ms: now() - from, ip: request.ip, ...response.locals };
      if (path.startsWith('/api/')) logger.info('request', fields);
      else logger.debug('request', fields);
    });
    next();
  };
}
