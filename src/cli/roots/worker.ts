import { streamOut } from '../out.ts';
import { runCommand } from '../usage.ts';

const help = `slipway worker

Runs the steps of runs. Settings come from the environment: TEMPORAL_... as for the temporal CLI,
SLIPWAY_... as in the README; SLIPWAY_CATALOG is required. Logs go to standard error, one JSON object
a line. SIGTERM stops it; builds go on meanwhile and are found again by the next worker.

  SLIPWAY_CATALOG=directory:./gitops slipway worker

Exit codes: 0 stopped, 1 it failed, 2 wrong usage or settings.
`;

/** Runs a worker until it is stopped; 1 when it fails, 2 when its settings are wrong. */
export async function runWorker(args: readonly string[]): Promise<number> {
  const outs = { out: streamOut(process.stdout, process.env), err: streamOut(process.stderr, process.env) };
  return runCommand({ command: 'worker', help, options: {} }, args, outs, work);
}

/** What a worker needs is loaded here, so that help does not wait for it. */
async function work(): Promise<number> {
  const { ConfigError, loadConfig } = await import('../../config.ts');
  try {
    const [{ createLogger }, { createKnownSecrets }, { temporalSettings }, { startWorker }] = await Promise.all([
      import('../../logger.ts'),
      import('../../secrets/known-secrets.ts'),
      import('../../temporal/connect.ts'),
      import('../../worker.ts'),
    ]);
    const config = loadConfig(process.env);
    const secrets = createKnownSecrets();
    const logger = createLogger(config.logLevel, { redact: secrets.redact });
    const worker = await startWorker(config, temporalSettings(process.env), logger, secrets);
    await worker.done;
    return 0;
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    process.stderr.write(
      `${isConfig ? 'These settings do not fit:\n' : 'The worker failed: '}${error instanceof Error ? error.message : String(error)}\n`,
    );
    return isConfig ? 2 : 1;
  }
}
