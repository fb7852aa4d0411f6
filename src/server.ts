import type { ServerConfig } from './config.ts';
import { openSecrets } from './connections.ts';
import { createApp } from './ingress/create-app.ts';
import { type Listening, listen } from './ingress/listen.ts';
import type { Logger } from './logger.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import { openInbox } from './temporal/inbox.ts';

export interface RunningServer {
  readonly url: string;
  /** Says `not ready`, serves what has begun, and ends. Safe to repeat. */
  stop(): Promise<void>;
}

/** Serves webhooks. Temporal may be away: then deliveries are answered 503 until it is back. Throws `Unavailable` for an address that is taken. */
export async function startServer(
  config: ServerConfig,
  temporal: TemporalSettings,
  logger: Logger,
): Promise<RunningServer> {
  const { inbox, close } = openInbox(temporal);
  let stopping = false;
  const app = createApp({
    inbox,
    secrets: openSecrets(config, process.env),
    logger,
    trustedProxies: config.trustedProxies,
    hookUuid: config.hookUuid,
    isStopping: () => stopping,
  });
  let listening: Listening;
  try {
    listening = await listen(app, config.listen.host, config.listen.port);
  } catch (error) {
    await close();
    throw error;
  }
  logger.info('server started', { url: listening.url });
  return {
    url: listening.url,
    async stop() {
      stopping = true;
      await listening.stop();
      await close();
    },
  };
}
