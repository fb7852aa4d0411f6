import { ConfigError, loadConfig } from '../../config.ts';
import { createLogger } from '../../logger.ts';
import { temporalSettings } from '../../temporal/connect.ts';
import { startWorker } from '../../worker.ts';

const help = `slipway worker

Runs the steps of runs. Settings come from the environment: TEMPORAL_… as for the temporal CLI, SLIPWAY_… as in the README.
SLIPWAY_CATALOG is required. Logs go to standard error, one JSON object a line. SIGTERM stops it; builds go on meanwhile
and are found again by the next worker.
`;

/** Runs a worker until it is stopped; 1 when it fails, 2 when its settings are wrong. */
export async function runWorker(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    process.stdout.write(help);
    return args[0] === '--help' ? 0 : 2;
  }
  try {
    const config = loadConfig(process.env);
    const worker = await startWorker(config, temporalSettings(process.env), createLogger(config.logLevel));
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
