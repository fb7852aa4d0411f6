import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { readRunWorkflowId, type SearchAttributeName } from './names.ts';

/** How a run stands. `completed` is one that ended well where the server does not keep our search attributes. */
export const runOutcomes = [
  'running',
  'released',
  'unchanged',
  'superseded',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed-out',
] as const;

export type RunOutcome = (typeof runOutcomes)[number];

/** One execution of a run, as Temporal lists it. A run that was retried has several. Times are ISO 8601. */
export interface RunSummary {
  readonly namespace: string;
  readonly name: string;
  readonly workflowId: string;
  readonly execution: string;
  readonly project: string | null;
  readonly component: string | null;
  readonly commit: string | null;
  readonly phase: string | null;
  readonly outcome: RunOutcome;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const outcomeByStatus: Readonly<Record<string, RunOutcome>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

type Execution = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'typedSearchAttributes'
>;

/** What Temporal knows about an execution, in our words. */
export function summarizeRun(execution: Execution): RunSummary {
  const { workflowId, runId, status, startTime, closeTime, typedSearchAttributes } = execution;
  const label = (name: SearchAttributeName) =>
    typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD)) ?? null;
  const { namespace, name } = readRunWorkflowId(workflowId) ?? { namespace: '', name: workflowId };
  const reported = runOutcomes.find((outcome) => outcome === label('SlipwayOutcome'));
  return {
    namespace,
    name,
    workflowId,
    execution: runId,
    project: label('SlipwayProject'),
    component: label('SlipwayComponent'),
    commit: label('SlipwayCommit'),
    phase: label('SlipwayPhase'),
    outcome: outcomeByStatus[status.name] ?? reported ?? 'completed',
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
  };
}
