import type { EndedRun } from '../temporal/explain-failure.ts';
import { showSteps } from './demo-steps.ts';
import type { Out } from './out.ts';
import { stepEvents } from './run-steps.ts';
import { endJson, endText } from './run-text.ts';
import type { Runs } from './runs.ts';
import { openScreen } from './screen.ts';

/** Shows a run's steps until it is over, then its end; as JSON only the end. 0 when it ended well, 1 when it did not. */
export async function followRun(
  runs: Runs,
  workflowId: string,
  { json, facts = {} }: { readonly json: boolean; readonly facts?: object },
  out: Out,
): Promise<number> {
  if (!json) {
    const screen = openScreen(out);
    await showSteps(stepEvents(runs.watch(workflowId)), screen).finally(() => screen.close());
  }
  const end = await runs.waitForEnd(workflowId);
  out.write(json ? `${JSON.stringify({ workflowId, ...facts, ...endJson(end) })}\n` : endText(end, out));
  return exitCode(end);
}

function exitCode({ kind }: EndedRun): number {
  return kind === 'ended' ? 0 : 1;
}
