import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Logger } from '../logger.ts';
import type { SecretOwners } from '../secrets/secret-source.ts';
import { accessLog } from './access-log.ts';
import { deliveryRoute } from './delivery-route.ts';
import { healthRoutes } from './health-routes.ts';
import type { Inbox } from './inbox.ts';
import { limitFailures } from './limit-failures.ts';
import type { Metrics } from './metrics.ts';
import { type ReadRunLogs, runLogRoute } from './run-log-route.ts';
import { webhookRoute } from './webhook-route.ts';

export interface IngressDeps {
  readonly inbox: Inbox;
  readonly secrets: SecretOwners;
  readonly logger: Logger;
  /** Where requests and deliveries are counted. */
  readonly metrics: Metrics;
  /** Reads kept logs; null where none are kept. */
  readonly readRunLogs: ReadRunLogs | null;
  /** Addresses, or ranges of them, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Accepts Bitbucket's webhooks by their UUID too, which is no secret. */
  readonly hookUuid: boolean;
  /** True from the moment on that no more requests should be sent here. */
  readonly isStopping?: () => boolean;
  /** Wrong signatures and tokens that one address may send in a minute before it is told to wait. */
  readonly failuresAMinute?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The whole HTTP side, listening nowhere yet: webhooks in, what became of them out, and how this process is. */
export function createApp(deps: IngressDeps): Express {
  const { logger, metrics, trustedProxies, isStopping = () => false, failuresAMinute = 30, now = Date.now } = deps;
  const refuse = limitFailures(failuresAMinute);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', [...trustedProxies]);
  app.use(accessLog(logger, metrics, now));
  app.use(healthRoutes(deps.inbox, isStopping, now));
  app.use('/api/v1/webhooks', webhookRoute({ ...deps, refuse, now }));
  app.use('/api/v1/deliveries', deliveryRoute({ ...deps, refuse }));
  app.use('/api/v1/runs', runLogRoute({ ...deps, refuse }));
  app.use((_request, response) => void response.status(404).json({ error: 'there is nothing here' }));
  app.use(answerError(logger));
  return app;
}

/** What Express itself refuses is told to the sender; anything else is ours, told to the log only, and worth trying again. */
function answerError(logger: Logger): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status: unknown = error?.status;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      response.status(status).json({ error: words[status] ?? 'the request cannot be read' });
      return;
    }
    if (status !== 503) logger.error('request not served', { error });
    response.status(503).set('retry-after', '30').json({ error: 'not available at the moment; send it again' });
  };
}

const words: Readonly<Record<number, string>> = {
  413: 'the body is larger than 25 MiB',
  415: 'the body must be plain application/json, not compressed',
};
