import { activityInfo, getClient } from '@temporalio/activity';
import type { Catalog } from '../src/catalog/catalog.ts';
import { readRunRequest } from '../src/runs/run-request.ts';
import type { startRun } from '../src/temporal/start-run.ts';
import { type DeliveryVerdict, deliveryId } from '../src/webhooks/accepted-delivery.ts';
import type { FindCandidates } from '../src/webhooks/candidates.ts';
import type { Push } from '../src/webhooks/delivery.ts';
import { requestedRun } from '../src/webhooks/requested-run.ts';
import type { Verdict } from '../src/webhooks/verdict.ts';

export interface RequestDeps {
  readonly catalog: Catalog;
  readonly findCandidates: FindCandidates;
  /** The one function that starts runs. */
  readonly startRun: typeof startRun;
}

export interface RunRequests {
  readonly push: Push;
  readonly receivedAt: string;
  /** Those that start something. */
  readonly starts: readonly Verdict[];
}

/** So many runs are started side by side. */
const AT_ONCE = 10;
/** After so many attempts a start that fails is told instead of tried again. */
const ATTEMPTS = 5;

export function createRequestRuns({ catalog, findCandidates, startRun }: RequestDeps) {
  return {
    /** Starts the runs of these verdicts and says which; a start that fails keeps none of the others back. Safe to repeat. */
    async requestRuns({ push, receivedAt, starts }: RunRequests): Promise<readonly DeliveryVerdict[]> {
      const candidates = new Map((await findCandidates(catalog, push.urls)).map((one) => [one.id, one]));
      const errors: unknown[] = [];

      async function request(verdict: Verdict): Promise<DeliveryVerdict> {
        const candidate = candidates.get(verdict.component);
        const change = push.changes.find(({ branch, after }) => branch === verdict.branch && after === verdict.commit);
        const run = candidate && change && requestedRun({ verdict, candidate, change }, push, receivedAt);
        if (run === undefined) {
          return { ...verdict, outcome: 'skip', reason: 'deleting', detail: 'the Component is gone', run: null };
        }
        try {
          const { namespace, name } = readRunRequest(run, null);
          const delivery = deliveryId(push);
          const { handle, joined } = await startRun(getClient(), {
            namespace,
            name,
            run,
            trigger: 'webhook',
            memo: { delivery },
          });
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
      for (let at = 0; at < starts.length; at += AT_ONCE) {
        requested.push(...(await Promise.all(starts.slice(at, at + AT_ONCE).map(request))));
      }
      // What is started is found again, so trying all of them again only costs a moment.
      if (errors.length > 0 && activityInfo().attempt < ATTEMPTS) throw errors[0];
      return requested;
    },
  };
}
