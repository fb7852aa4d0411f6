import type { Client } from '@temporalio/client';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { readRunWorkflowId } from './names.ts';
import { readInput } from './read-input.ts';
import { type StartedRun, startRun } from './start-run.ts';

/**
 * Starts a run again under the same id with the same input; what was done already is found again. It ranks as manual,
 * whatever started it first. `joined` when it still runs: then nothing was started. Throws where Temporal knows no such run.
 */
export async function retryRun(client: Client, workflowId: string): Promise<StartedRun> {
  const { namespace, name } = readRunWorkflowId(workflowId) ?? { namespace: '', name: workflowId };
  // Who keeps the run as a resource knows it by its memo.
  const { memo = {} } = await client.workflow.getHandle(workflowId).describe();
  const run = asManual(await readInput(client, workflowId));
  return startRun(client, { namespace, name, run, trigger: 'manual', memo });
}

/** The same run, but that a person asked for it: its component's queue must not drop it as an old push. */
function asManual(run: unknown): unknown {
  const metadata = isPlainObject(run) ? run['metadata'] : undefined;
  const annotations = isPlainObject(metadata) ? metadata['annotations'] : undefined;
  if (!isPlainObject(run) || !isPlainObject(metadata) || !isPlainObject(annotations)) return run;
  if (annotations['slipway.dev/trigger'] === undefined) return run;
  return { ...run, metadata: { ...metadata, annotations: { ...annotations, 'slipway.dev/trigger': 'manual' } } };
}
