import { openLogStore, openSecrets } from './connections.ts';
import { createApp } from './ingress/create-app.ts';
import { type Listening, listen } from './ingress/listen.ts';
import { createMetrics } from './ingress/metrics.ts';
import { createMetricsApp } from './ingress/metrics-app.ts';
import type { Logger } from './logger.ts';
import { readRunLogs } from './logs/read-run-logs.ts';
import { createKnownSecrets, type KnownSecrets } from './secrets/known-secrets.ts';
import type { ServerConfig } from './server-config.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import { openInbox } from './temporal/inbox.ts';

export interface RunningServer {
  readonly url: string;
  /** Null where metrics are not asked for. */
  readonly metricsUrl: string | null;
  /** Says `not ready`, serves what has begun, and ends. Safe to repeat. */
  stop(): Promise<void>;
}

/** Serves webhooks. Temporal may be away: then deliveries are answered 503 until it is back. Throws `Unavailable` for an address that is taken. */
export async function startServer(
  config: ServerConfig,
  temporal: TemporalSettings,
  logger: Logger,
  known: KnownSecrets = createKnownSecrets(),
): Promise<RunningServer> {
  const { inbox, close } = openInbox(temporal);
  let stopping = false;
  const metrics = createMetrics();
  const secrets = known.watch(openSecrets(config, process.env));
  const store = openLogStore(config.logStore, secrets);
  const app = createApp({
    inbox,
    metrics,
    secrets,
    readRunLogs: store && ((...run) => readRunLogs({ store, findBuilds: inbox.findBuilds }, ...run)),
    logger,
    trustedProxies: config.trustedProxies,
    hookUuid: config.hookUuid,
    isStopping: () => stopping,
  });
  const listening: Listening[] = [];
  const stop = async () => {
    stopping = true;
    for (const one of listening) await one.stop();
    await close();
  };
  try {
    listening.push(await listen(app, config.listen));
    if (config.metricsListen !== null) {
      listening.push(await listen(createMetricsApp(metrics), config.metricsListen, 'SLIPWAY_METRICS_LISTEN'));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const [url = '', metricsUrl = null] = listening.map((one) => one.url);
  logger.info('server started', { url, metricsUrl });
  return { url, metricsUrl, stop };
}
