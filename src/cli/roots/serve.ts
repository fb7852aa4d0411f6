import { streamOut } from '../out.ts';
import { runCommand } from '../usage.ts';

const help = `slipway serve

Takes webhooks in and hands them to Temporal, where workers handle them. Settings come from the
environment: TEMPORAL_... as for the temporal CLI, SLIPWAY_... as in the README. Logs go to standard
error, one JSON object a line. SIGTERM stops it after what has begun is served.

  POST /api/v1/webhooks/github (gitlab, bitbucket, gitea)
  GET  /api/v1/deliveries/PROVIDER/ID     what became of one; wants the api-token
  GET  /api/v1/runs/NAMESPACE/NAME/logs   of a run's builds, where SLIPWAY_LOG_STORE keeps them
  GET  /healthz /readyz                   for probes
  GET  /metrics                           only where SLIPWAY_METRICS_LISTEN says

  SLIPWAY_SECRETS=directory:/etc/slipway/secrets slipway serve

Exit codes: 0 stopped, 1 it failed, 2 wrong usage or settings.
`;

/** Serves webhooks until it is stopped; 1 when it fails, 2 when its settings are wrong. */
export async function runServe(args: readonly string[]): Promise<number> {
  const outs = { out: streamOut(process.stdout, process.env), err: streamOut(process.stderr, process.env) };
  return runCommand({ command: 'serve', help, options: {} }, args, outs, serve);
}

/** What a server needs is loaded here, so that help does not wait for it. */
async function serve(): Promise<number> {
  const [
    { ConfigError },
    { loadServerConfig },
    { createLogger },
    { createKnownSecrets },
    { temporalSettings },
    { startServer },
  ] = await Promise.all([
    import('../../config.ts'),
    import('../../server-config.ts'),
    import('../../logger.ts'),
    import('../../secrets/known-secrets.ts'),
    import('../../temporal/connect.ts'),
    import('../../server.ts'),
  ]);
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    const config = loadServerConfig(process.env);
    const secrets = createKnownSecrets();
    const logger = createLogger(config.logLevel, { redact: secrets.redact });
    const server = await startServer(config, temporalSettings(process.env), logger, secrets);
    await interrupted;
    await server.stop();
    return 0;
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isConfig ? 'These settings do not fit:\n' : 'The server failed: '}${message}\n`);
    return isConfig ? 2 : 1;
  }
}
