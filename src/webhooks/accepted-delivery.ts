import type { Scope } from './authenticate.ts';
import type { Push } from './delivery.ts';
import type { Verdict, VerdictReason } from './verdict.ts';

/** A push whose signature fits: the input of the workflow that handles it. */
export interface AcceptedDelivery {
  readonly push: Push;
  /** Whose components it may start. */
  readonly scope: Scope;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** Why a sweep starts nothing: this commit is asked for, a person asked for another, or nobody ever asked for any. */
export type SweepReason = 'requested' | 'manual' | 'never-requested';

/** What became of one component. */
export interface DeliveryVerdict extends Omit<Verdict, 'outcome' | 'reason'> {
  /** `failed`: it matched, but its run could not be started. */
  readonly outcome: 'start' | 'skip' | 'failed';
  readonly reason: VerdictReason | SweepReason | 'start-failed' | 'older' | 'newer' | 'duplicate';
  /** Namespace and name of its run, `namespace/name`. */
  readonly run: string | null;
}

/** What became of a delivery. */
export interface DeliveryResult {
  /** How well the changed paths are known: all changes together. */
  readonly paths: { readonly complete: boolean; readonly count: number; readonly notes: readonly string[] };
  readonly verdicts: readonly DeliveryVerdict[];
  /** Skipped components that `verdicts` leaves out, because there are thousands of them. */
  readonly omitted: number;
}

/** Id of a delivery, unique over all providers; also the end of its address and of its workflow's id. */
export function deliveryId({ provider, id }: Pick<Push, 'provider' | 'id'>): string {
  return `${provider}/${id}`;
}
