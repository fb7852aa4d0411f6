import { streamOut } from '../out.ts';
import { runCommand, UsageError } from '../usage.ts';

const help = `slipway controller --mode standalone|executor

standalone: makes a run of every ComponentWorkflowRun in a cluster (kubectl apply -f run.yaml), and writes into its
status how that run stands; deleting one cancels its run. Runs that something else starts, such as a
push, appear as resources too. For clusters in which no OpenChoreo reconciles the kind:
kubectl apply -k deploy/crds brings it, deploy/rbac and deploy/rbac/controller the rights.

executor: beside OpenChoreo. Executes the Argo Workflows that it makes for our flows, and writes their
status as Argo would; deleting or stopping one cancels its run. Refused where Argo's own controller
would execute them too. Workers need SLIPWAY_EXECUTOR=true.

Start as many as you like, all in the same mode.

Settings come from the environment: TEMPORAL_... as for the temporal CLI, SLIPWAY_... as in the README.
Logs go to standard error, one JSON object a line. SIGTERM stops it; runs go on meanwhile.

  --mode MODE   standalone or executor

  SLIPWAY_KUBECONFIG=kubeconfig slipway controller --mode standalone
  kubectl get componentworkflowrun --watch
  slipway controller --mode executor

Exit codes: 0 stopped, 1 it failed, 2 wrong usage or settings.
`;

/** Runs the controller until it is stopped; 1 when it fails, 2 when its settings are wrong. */
export async function runControllerCommand(args: readonly string[]): Promise<number> {
  const outs = { out: streamOut(process.stdout, process.env), err: streamOut(process.stderr, process.env) };
  const options = { mode: { type: 'string' } } as const;
  return runCommand({ command: 'controller', help, options }, args, outs, async ({ mode }) => {
    if (mode === 'standalone' || mode === 'executor') return control(mode);
    throw new UsageError('--mode standalone or --mode executor is needed');
  });
}

/** What the controller needs is loaded here, so that help does not wait for it. */
async function control(mode: 'standalone' | 'executor'): Promise<number> {
  const [{ ConfigError }, { loadControllerConfig }, { createLogger }, { temporalSettings }, work] = await Promise.all([
    import('../../config.ts'),
    import('../../controller-config.ts'),
    import('../../logger.ts'),
    import('../../temporal/connect.ts'),
    mode === 'standalone'
      ? import('../../run-controller.ts').then(({ controlRuns }) => controlRuns)
      : import('../../run-executor.ts').then(({ executeWorkflows }) => executeWorkflows),
  ]);
  const lifetime = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => lifetime.abort());
  try {
    const config = loadControllerConfig(process.env);
    await work(config, temporalSettings(process.env), createLogger(config.logLevel), lifetime.signal);
    return 0;
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isConfig ? 'These settings do not fit:\n' : 'The controller failed: '}${message}\n`);
    return isConfig ? 2 : 1;
  }
}
