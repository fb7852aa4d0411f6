import { streamOut } from '../out.ts';
import { runCommand, UsageError } from '../usage.ts';

const help = `slipway controller --mode standalone

Makes a run of every ComponentWorkflowRun in a cluster (kubectl apply -f run.yaml), and writes into its
status how that run stands; deleting one cancels its run. Runs that something else starts, such as a
push, appear as resources too. For clusters in which no OpenChoreo reconciles the kind:
kubectl apply -f deploy/crds brings it, deploy/rbac the rights. Start as many as you like.

Settings come from the environment: TEMPORAL_... as for the temporal CLI, SLIPWAY_... as in the README.
Logs go to standard error, one JSON object a line. SIGTERM stops it; runs go on meanwhile.

  --mode MODE   standalone

  SLIPWAY_KUBECONFIG=kubeconfig slipway controller --mode standalone
  kubectl get componentworkflowrun --watch

Exit codes: 0 stopped, 1 it failed, 2 wrong usage or settings.
`;

/** Runs the controller until it is stopped; 1 when it fails, 2 when its settings are wrong. */
export async function runControllerCommand(args: readonly string[]): Promise<number> {
  const outs = { out: streamOut(process.stdout, process.env), err: streamOut(process.stderr, process.env) };
  const options = { mode: { type: 'string' } } as const;
  return runCommand({ command: 'controller', help, options }, args, outs, async ({ mode }) => {
    if (mode !== 'standalone') throw new UsageError('--mode standalone is needed: it is the only mode there is yet');
    return control();
  });
}

/** What the controller needs is loaded here, so that help does not wait for it. */
async function control(): Promise<number> {
  const [{ ConfigError, loadControllerConfig }, { createLogger }, { temporalSettings }, { controlRuns }] =
    await Promise.all([
      import('../../config.ts'),
      import('../../logger.ts'),
      import('../../temporal/connect.ts'),
      import('../../run-controller.ts'),
    ]);
  const lifetime = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => lifetime.abort());
  try {
    const config = loadControllerConfig(process.env);
    await controlRuns(config, temporalSettings(process.env), createLogger(config.logLevel), lifetime.signal);
    return 0;
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isConfig ? 'These settings do not fit:\n' : 'The controller failed: '}${message}\n`);
    return isConfig ? 2 : 1;
  }
}
