/**
 * The library: starting and watching runs from TypeScript, without our CLI.
 *
 *     import { connect, startRun, watchRun } from 'slipway';
 *
 *     const { client, connection } = await connect({ TEMPORAL_ADDRESS: 'localhost:7233' });
 *     const { handle } = await startRun(client, { namespace: 'default', name: 'greeter-001', run, trigger: 'manual' });
 *     for await (const { status } of watchRun(handle)) console.log(status.steps.at(-1)?.name);
 *     console.log(await waitForEnd(handle));
 *     await connection.close();
 */
import { connectClient, type TemporalClient, temporalSettings } from './temporal/connect.ts';

export { Failure, type FailureType } from './failures.ts';
export type { RunResult, RunStatus, StepStatus, Waiting } from './runs/status.ts';
export { cancelRun } from './temporal/cancel-run.ts';
export type { TemporalClient } from './temporal/connect.ts';
export { describeRun, findRun, type RunDescription } from './temporal/describe-run.ts';
export { type EndedRun, type ExplainedFailure, explainFailure, waitForEnd } from './temporal/explain-failure.ts';
export { findBuilds, type RunBuild, type RunBuilds } from './temporal/find-builds.ts';
export { listRuns, type RunFilter } from './temporal/list-runs.ts';
export { runWorkflowId } from './temporal/names.ts';
export { retryRun } from './temporal/retry-run.ts';
export { type RunOutcome, type RunSummary, runOutcomes } from './temporal/run-summary.ts';
export { type RunStart, type StartedRun, startRun } from './temporal/start-run.ts';
export { type PendingStep, type RunHandle, type RunView, watchRun } from './temporal/watch-run.ts';

/** Connects to Temporal by the same `TEMPORAL_…` variables as the `temporal` CLI. The caller closes `connection`. Throws `Failure`. */
export async function connect(environment: NodeJS.ProcessEnv): Promise<TemporalClient> {
  return connectClient(temporalSettings(environment));
}
