import { z } from 'zod';
import type { Failure } from '../failures.ts';
import { type StepStatus, waitingText } from '../runs/status.ts';
import type { RunDescription } from '../temporal/describe-run.ts';
import { argoNodes, Node } from './argo-nodes.ts';
import type { WorkflowResource } from './argo-workflow.ts';
import type { RunStatuses } from './reconcile.ts';
import { runProgress } from './run-progress.ts';

/** What is written into an Argo Workflow's `status`, as Argo's controller would. */
export const ArgoStatus = z.object({
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Error']).optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  message: z.string().optional(),
  progress: z.string().optional(),
  nodes: z.record(z.string(), Node).optional(),
});
export interface ArgoStatus extends z.infer<typeof ArgoStatus> {
  /** Which execution it is of; Argo's kind has no field for it. */
  readonly execution?: string | undefined;
}

/** How Argo Workflows say how their runs stand. */
export const argoStatuses: RunStatuses<WorkflowResource> = {
  pending: (_, reason) => pendingArgo(reason),
  run: ({ name, status, shutdown }, run) => argoStatus(name, status, run, shutdown),
  refused: ({ status }, failure, now) => endedArgo(status, failure, now),
  lost: ({ status }, now) =>
    endedArgo(status, { type: 'Unavailable', message: 'Temporal no longer knows this run' }, now),
};

const longestText = 1000;
const cut = (text: string): string => text.slice(0, longestText);

/** Of a Workflow whose run has not begun, and why. */
export function pendingArgo(reason: string): ArgoStatus {
  return { phase: 'Pending', message: cut(reason) };
}

/** Of a Workflow that ends without a run. */
export function endedArgo(before: ArgoStatus, failure: Pick<Failure, 'type' | 'message'>, now: string): ArgoStatus {
  const message = cut(`${failure.type}: ${failure.message}`);
  return { ...before, phase: 'Error', startedAt: before.startedAt ?? now, finishedAt: now, message };
}

/** Of a Workflow as its run stands: the same run gives the same one, whoever writes it. `shutdown`: how it was asked to stop. */
export function argoStatus(name: string, before: ArgoStatus, run: RunDescription, shutdown: string | null): ArgoStatus {
  const { status, result, startedAt, endedAt } = run;
  const phase = phaseOf(run);
  const steps = status.steps.map((step) => nodeOf(step, run));
  return {
    execution: run.execution,
    phase,
    startedAt,
    finishedAt: endedAt ?? undefined,
    message: cut(messageOf(run, shutdown)) || undefined,
    progress: steps.length === 0 ? before.progress : `${status.steps.filter(isDone).length}/${steps.length}`,
    // Where no worker answers, what was known stands.
    nodes:
      steps.length === 0
        ? before.nodes
        : argoNodes(name, { phase, startedAt, finishedAt: endedAt ?? undefined }, steps, {
            commit: result?.commit ?? status.commit ?? run.commit,
            image: result?.image ?? status.image,
          }),
  };
}

const isDone = ({ state }: StepStatus): boolean => state === 'done';

/** One that gave way to a newer run did what it should. */
function phaseOf({ endedAt, result }: RunDescription): 'Running' | 'Succeeded' | 'Failed' {
  if (endedAt === null) return 'Running';
  return result === null ? 'Failed' : 'Succeeded';
}

function messageOf(run: RunDescription, shutdown: string | null): string {
  const { endedAt, result, failure, outcome } = run;
  if (endedAt === null) return runProgress(run);
  if (result?.outcome === 'superseded') return `gave way to ${result.superseded?.by ?? 'another run'}`;
  if (result !== null) return result.pullRequest?.url ?? result.outcome;
  // Argo's words.
  if (outcome === 'cancelled' && shutdown !== null) return `Stopped with strategy '${shutdown}'`;
  return failure === null ? outcome : `${failure.type}: ${failure.message}`;
}

const phases = { running: 'Running', done: 'Succeeded', failed: 'Failed', cancelled: 'Failed' } as const;

function nodeOf(step: StepStatus, { status: { waiting }, endedAt }: RunDescription) {
  const isOpen = step.state === 'running';
  const at = (ms: number): string => new Date(ms).toISOString();
  const message = isOpen && waiting?.step === step.name ? waitingText(waiting) : step.note;
  return {
    step: step.name,
    phase: isOpen && endedAt !== null ? ('Failed' as const) : phases[step.state],
    startedAt: at(step.startedAt),
    finishedAt: step.endedAt === null ? (endedAt ?? undefined) : at(step.endedAt),
    message: cut(message) || undefined,
  };
}
