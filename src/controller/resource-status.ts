import type {
  ComponentWorkflowRunStatus,
  RunCondition,
  RunTask,
} from '../openchoreo/kinds/component-workflow-run-status.ts';
import { type StepStatus, waitingText } from '../runs/status.ts';
import type { RunDescription } from '../temporal/describe-run.ts';
import type { RunStatuses } from './reconcile.ts';
import { runProgress } from './run-progress.ts';
import type { RunResource } from './run-resource.ts';

type Status = ComponentWorkflowRunStatus;

/** How ComponentWorkflowRuns say how their runs stand. */
export const resourceStatuses: RunStatuses<RunResource> = {
  pending: ({ status }, reason, now) => pendingStatus(status, reason, now),
  run: ({ status }, run) => runStatus(status, run),
  refused: ({ status }, { type, message }, now) => endedStatus(status, { type, message }, now),
  lost: ({ status }, now) => lostStatus(status, now),
};

/** The status of a resource whose run has not begun, and why. */
export function pendingStatus(before: Status, reason: string, now: string): Status {
  const conditions = [statement('WorkflowCompleted', 'False', 'WorkflowPending', reason, now)];
  return { ...before, phase: 'Pending', conditions: keepTimes(before, conditions) };
}

/** The status of a resource as its run stands: the same run gives the same one, whoever writes it. */
export function runStatus(before: Status, run: RunDescription): Status {
  const { status, result, failure } = run;
  const image = result?.image ?? status.image;
  return {
    conditions: keepTimes(before, conditionsOf(run)),
    startedAt: run.startedAt,
    completedAt: run.endedAt ?? undefined,
    // Where no worker answers, what was known stands.
    tasks: status.steps.length > 0 ? status.steps.map((step) => taskOf(step, run)) : before.tasks,
    imageStatus: image === null ? before.imageStatus : { image },
    phase: phaseOf(run),
    outcome: outcomeOf(run),
    commit: result?.commit ?? status.commit ?? run.commit ?? before.commit,
    release: result?.release ?? undefined,
    binding: result?.binding ?? undefined,
    environment: result?.environment ?? undefined,
    branch: result?.branch ?? undefined,
    pullRequest: result?.pullRequest ?? status.pullRequest ?? before.pullRequest,
    failure:
      failure === null ? undefined : { ...failure, step: failure.step ?? undefined, message: cut(failure.message) },
    warnings: status.warnings.length > 0 ? status.warnings.map(cut) : before.warnings,
    workflow: { id: run.workflowId, execution: run.execution },
  };
}

/** The status of a resource whose run Temporal forgot before its end was seen. */
export function lostStatus(before: Status, now: string): Status {
  const message =
    'Temporal no longer knows this run, so nobody can say how it ended: look for its pull request, or make the resource anew.';
  return endedStatus(before, { type: 'Unavailable', message }, now);
}

function endedStatus(
  before: Status,
  failure: { readonly type: string; readonly message: string },
  now: string,
): Status {
  const failed = ['WorkflowFailed', 'WorkflowCompleted'].map((type) =>
    statement(type, 'True', 'WorkflowFailed', failure.message, now),
  );
  return {
    ...before,
    completedAt: now,
    phase: 'Failed',
    outcome: 'failed',
    failure,
    conditions: keepTimes(before, failed),
  };
}

const longestText = 4000;
const cut = (text: string): string => text.slice(0, longestText);

function outcomeOf({ result, outcome, endedAt }: RunDescription): Status['outcome'] {
  if (endedAt === null || outcome === 'running') return undefined;
  return result?.outcome ?? (outcome === 'completed' ? undefined : outcome);
}

function phaseOf(run: RunDescription): NonNullable<Status['phase']> {
  if (run.endedAt === null) return 'Running';
  if (run.result !== null) return run.result.outcome === 'superseded' ? 'Superseded' : 'Succeeded';
  return run.outcome === 'cancelled' ? 'Cancelled' : 'Failed';
}

/** OpenChoreo's types and reasons, and two reasons of ours for runs that neither succeeded nor failed. */
function conditionsOf(run: RunDescription): readonly RunCondition[] {
  const { startedAt, endedAt } = run;
  if (endedAt === null) {
    const message = runProgress(run);
    return [
      statement('WorkflowRunning', 'True', 'WorkflowRunning', message, startedAt),
      statement('WorkflowCompleted', 'False', 'WorkflowRunning', message, startedAt),
    ];
  }
  const [reason, message] = endOf(run);
  const phase = phaseOf(run);
  const isTrue = (value: boolean) => (value ? 'True' : 'False');
  return [
    statement('WorkflowRunning', 'False', 'WorkflowRunning', 'the run is over', endedAt),
    statement('WorkflowSucceeded', isTrue(phase === 'Succeeded'), reason, message, endedAt),
    statement('WorkflowFailed', isTrue(phase === 'Failed'), reason, message, endedAt),
    statement('WorkflowCompleted', 'True', reason, message, endedAt),
  ];
}

function endOf({ result, failure, outcome }: RunDescription): readonly [reason: string, message: string] {
  if (result?.outcome === 'superseded') {
    return ['WorkflowSuperseded', `gave way to ${result.superseded?.by ?? 'another run'}`];
  }
  if (result !== null) return ['WorkflowSucceeded', result.pullRequest?.url ?? result.outcome];
  const message = cut(failure === null ? outcome : `${failure.type}: ${failure.message}`);
  if (outcome === 'cancelled') return ['WorkflowCancelled', message];
  const reasons = new Map([
    ['NotAllowed', 'WorkflowNotAllowed'],
    ['SecretMissing', 'SecretResolutionError'],
  ]);
  return [reasons.get(failure?.type ?? '') ?? 'WorkflowFailed', message];
}

const taskPhases: Readonly<Record<StepStatus['state'], RunTask['phase']>> = {
  running: 'Running',
  done: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Error',
};

function taskOf(step: StepStatus, { status: { waiting }, endedAt }: RunDescription): RunTask {
  const isOpen = step.state === 'running';
  const message = isOpen && waiting?.step === step.name ? waitingText(waiting) : step.note;
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    name: step.name,
    phase: isOpen && endedAt !== null ? 'Error' : taskPhases[step.state],
    startedAt: at(step.startedAt),
    completedAt: step.endedAt === null ? (endedAt ?? undefined) : at(step.endedAt),
    message: message === '' ? undefined : cut(message),
  };
}

function statement(
  type: string,
  status: RunCondition['status'],
  reason: string,
  message: string,
  at: string,
): RunCondition {
  return { type, status, reason, message, lastTransitionTime: at };
}

/** A condition's time is when its status changed, not its words. */
function keepTimes({ conditions = [] }: Status, now: readonly RunCondition[]): RunCondition[] {
  return now.map((one) => {
    const before = conditions.find(({ type, status }) => type === one.type && status === one.status);
    return before === undefined ? one : { ...one, lastTransitionTime: before.lastTransitionTime };
  });
}
