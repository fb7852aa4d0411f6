import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { readRunWorkflowId } from './names.ts';

/** A run under way. */
export interface RunUnderWay {
  readonly workflowId: string;
  readonly execution: string;
  readonly namespace: string;
  readonly name: string;
  /** UID of the ComponentWorkflowRun that started it; null where something else did. */
  readonly uid: string | null;
  /** Which cluster that resource is in. */
  readonly cluster: string | null;
  /** In which namespace, where it is not the run's. */
  readonly place: string | null;
}

/** The runs under way, as Temporal lists them; one shows up a moment after its start, and stays a moment after its end. */
export async function listRunsUnderWay({ workflow }: Pick<Client, 'workflow'>): Promise<readonly RunUnderWay[]> {
  const query = "WorkflowType = 'buildAndRelease' AND ExecutionStatus = 'Running'";
  const found: RunUnderWay[] = [];
  for await (const { workflowId, runId, memo } of workflow.list({ query, pageSize: 200 })) {
    const run = readRunWorkflowId(workflowId);
    if (run !== null) found.push({ workflowId, execution: runId, ...run, ...Memo.parse(memo ?? {}) });
  }
  return found;
}

const word = z.string().nullable().catch(null).default(null);
const Memo = z.object({ uid: word, cluster: word, place: word });
