import { type Client, isGrpcServiceError } from '@temporalio/client';
import { Failure } from '../failures.ts';
import { type RunOutcome, type RunSummary, summarizeRun } from './run-summary.ts';

/** Which runs to list; nothing given means all. */
export interface RunFilter {
  readonly namespace?: string | undefined;
  readonly component?: string | undefined;
  readonly outcome?: RunOutcome | undefined;
}

const conditionByOutcome: Readonly<Record<RunOutcome, string>> = {
  running: "ExecutionStatus = 'Running'",
  released: "SlipwayOutcome = 'released'",
  unchanged: "SlipwayOutcome = 'unchanged'",
  superseded: "SlipwayOutcome = 'superseded'",
  completed: "ExecutionStatus = 'Completed'",
  // Not by our attribute: a run that does not fit fails before it has any.
  failed: "ExecutionStatus = 'Failed'",
  cancelled: "ExecutionStatus = 'Canceled'",
  terminated: "ExecutionStatus = 'Terminated'",
  'timed-out': "ExecutionStatus = 'TimedOut'",
};

/**
 * The runs that Temporal remembers, newest first, each of its executions by itself. A run shows up a moment after its start.
 * Throws `Unavailable` where the server does not keep the search attributes that the filter needs.
 */
export async function* listRuns({ workflow }: Pick<Client, 'workflow'>, filter: RunFilter): AsyncGenerator<RunSummary> {
  const conditions = [
    "WorkflowType = 'buildAndRelease'",
    ...(filter.namespace ? [`WorkflowId STARTS_WITH ${quoted(`run/${filter.namespace}/`)}`] : []),
    ...(filter.component ? [`SlipwayComponent = ${quoted(filter.component)}`] : []),
    ...(filter.outcome ? [conditionByOutcome[filter.outcome]] : []),
  ];
  try {
    for await (const execution of workflow.list({ query: conditions.join(' AND '), pageSize: 100 })) {
      yield summarizeRun(execution);
    }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const details = isGrpcServiceError(cause) ? cause.details : '';
    if (!/Slipway\w+/.test(details)) throw error;
    const message =
      'This Temporal namespace does not keep the search attributes of runs, so it cannot find them by component or outcome. ' +
      'Start a worker whose account may register them, or list without --component and --outcome.';
    throw new Failure('Unavailable', message, { cause: error });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
