import { activityInfo, getClient } from '@temporalio/activity';
import { readRunRequest } from '../src/runs/run-request.ts';
import type { startRun } from '../src/temporal/start-run.ts';
import type { DeliveryVerdict } from '../src/webhooks/accepted-delivery.ts';
import type { Verdict } from '../src/webhooks/verdict.ts';

/** A run that is to be started, and why; undefined where its Component is gone. */
export interface Requested {
  readonly verdict: Verdict;
  readonly run: unknown;
}

/** So many runs are started side by side. */
const AT_ONCE = 10;
/** After so many attempts a start that fails is told instead of tried again. */
const ATTEMPTS = 5;

/** Starts these runs and says which; one that cannot be started keeps none of the others back. Safe to repeat. */
export async function startRequested(
  requests: readonly Requested[],
  trigger: 'webhook' | 'sweep',
  delivery: string,
  start: typeof startRun,
): Promise<readonly DeliveryVerdict[]> {
  const errors: unknown[] = [];

  async function request({ verdict, run }: Requested): Promise<DeliveryVerdict> {
    if (run === undefined) {
      return { ...verdict, outcome: 'skip', reason: 'deleting', detail: 'the Component is gone', run: null };
    }
    try {
      const { namespace, name } = readRunRequest(run, null);
      const { handle, joined } = await start(getClient(), { namespace, name, run, trigger, memo: { delivery } });
      const from = joined ? (await handle.describe()).memo?.['delivery'] : delivery;
      const detail =
        from === delivery ? verdict.detail : `${verdict.detail}; another delivery told of it before, ${from}`;
      return { ...verdict, detail, run: `${namespace}/${name}` };
    } catch (error) {
      errors.push(error);
      const why = error instanceof Error ? error.message : String(error);
      const detail = `its run could not be started: ${why.slice(0, 300)}`;
      return { ...verdict, outcome: 'failed', reason: 'start-failed', detail, run: null };
    }
  }

  const requested: DeliveryVerdict[] = [];
  for (let at = 0; at < requests.length; at += AT_ONCE) {
    requested.push(...(await Promise.all(requests.slice(at, at + AT_ONCE).map(request))));
  }
  // What is started is found again, so trying all of them again only costs a moment.
  if (errors.length > 0 && activityInfo().attempt < ATTEMPTS) throw errors[0];
  return requested;
}
