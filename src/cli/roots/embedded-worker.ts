import { loadConfig } from '../../config.ts';
import { createLogger } from '../../logger.ts';
import { createKnownSecrets } from '../../secrets/known-secrets.ts';
import { type RunningServer, startServer } from '../../server.ts';
import { loadServerConfig } from '../../server-config.ts';
import { temporalSettings } from '../../temporal/connect.ts';
import { startWorker } from '../../worker.ts';
import type { DevWorker } from '../dev.ts';

/** Starts a worker of an embedded world in this process, logging to a file. */
export async function startEmbeddedWorker(
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Promise<DevWorker> {
  const config = loadConfig(settings);
  const secrets = createKnownSecrets();
  const logger = createLogger(config.logLevel, { file: logFile, redact: secrets.redact });
  const worker = await startWorker(config, temporalSettings(settings), logger, secrets);
  return {
    ended: worker.done,
    metricsUrl: worker.metricsUrl,
    async stop() {
      worker.stop();
      // Its failure, if there is one, is told by `ended`.
      await worker.done.catch(() => undefined);
    },
  };
}

/** Starts a server of webhooks of an embedded world in this process, logging to a file; its metrics are at any free port, for the worker's have theirs. */
export async function startEmbeddedServer(
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Promise<RunningServer> {
  const config = loadServerConfig(settings);
  const secrets = createKnownSecrets();
  const logger = createLogger(config.logLevel, { file: logFile, redact: secrets.redact });
  const metricsListen = config.metricsListen && { ...config.metricsListen, port: 0 };
  return startServer({ ...config, metricsListen }, temporalSettings(settings), logger, secrets);
}
