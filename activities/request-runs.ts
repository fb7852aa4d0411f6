import type { Catalog } from '../src/catalog/catalog.ts';
import { automaticRun } from '../src/runs/automatic-run.ts';
import type { startRun } from '../src/temporal/start-run.ts';
import { type DeliveryVerdict, deliveryId } from '../src/webhooks/accepted-delivery.ts';
import type { FindCandidates } from '../src/webhooks/candidates.ts';
import type { Push } from '../src/webhooks/delivery.ts';
import { requestedRun } from '../src/webhooks/requested-run.ts';
import type { MissedRun } from '../src/webhooks/sweep.ts';
import type { Verdict } from '../src/webhooks/verdict.ts';
import { startRequested } from './start-requested.ts';

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

export interface MissedRunRequests {
  /** Id of the sweep, as a delivery has one. */
  readonly sweep: string;
  readonly receivedAt: string;
  readonly missed: readonly MissedRun[];
}

export function createRequestRuns({ catalog, findCandidates, startRun }: RequestDeps) {
  const findById = async (urls: readonly string[]) =>
    new Map((await findCandidates(catalog, urls)).map((one) => [one.id, one]));

  return {
    /** Starts the runs of these verdicts and says which; a start that fails keeps none of the others back. Safe to repeat. */
    async requestRuns({ push, receivedAt, starts }: RunRequests): Promise<readonly DeliveryVerdict[]> {
      const candidates = await findById(push.urls);
      const requests = starts.map((verdict) => {
        const candidate = candidates.get(verdict.component);
        const change = push.changes.find(({ branch, after }) => branch === verdict.branch && after === verdict.commit);
        const run = candidate && change && requestedRun({ verdict, candidate, change }, push, receivedAt);
        return { verdict, run };
      });
      return startRequested(requests, 'webhook', deliveryId(push), startRun);
    },

    /** Starts the runs that a sweep found missing, in the same way. */
    async requestMissedRuns({ sweep, receivedAt, missed }: MissedRunRequests): Promise<readonly DeliveryVerdict[]> {
      const candidates = await findById(missed.map(({ repository }) => repository));
      const trigger = { kind: 'sweep', actor: null, delivery: sweep, receivedAt } as const;
      const requests = missed.map(({ verdict, before, occurrence }) => {
        const component = candidates.get(verdict.component)?.component;
        const run = component && automaticRun(component, { commit: verdict.commit, before, occurrence, trigger });
        return { verdict, run };
      });
      return startRequested(requests, 'sweep', sweep, startRun);
    },
  };
}
