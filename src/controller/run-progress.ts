import { waitingText } from '../runs/status.ts';
import type { RunDescription } from '../temporal/describe-run.ts';

/** One line on where a run under way is. */
export function runProgress({ status, pending, withoutWorker }: RunDescription): string {
  if (withoutWorker.length > 0)
    return `no worker is polling task queue ${withoutWorker.join(' and ')}: start "slipway worker"`;
  if (status.waiting !== null) return waitingText(status.waiting);
  const late = pending.find(({ lastFailure }) => lastFailure !== null);
  if (late !== undefined)
    return `${late.step}: attempt ${late.attempt}; the last failed: ${late.lastFailure?.slice(0, 1000)}`;
  const step = status.steps.findLast(({ state }) => state === 'running');
  return step === undefined ? 'the run is under way' : `${step.name}: ${step.note}`;
}
