import { automaticRun } from '../runs/automatic-run.ts';
import type { Push } from './delivery.ts';
import type { Match } from './match.ts';

/** The ComponentWorkflowRun that a push starts, or undefined where it starts none. `receivedAt` is RFC 3339. */
export function requestedRun({ verdict, candidate, change }: Match, push: Push, receivedAt: string): unknown {
  if (verdict.outcome !== 'start' || candidate.component === undefined) return undefined;
  const delivery = `${push.provider}/${push.id}`;
  return automaticRun(candidate.component, {
    commit: change.after,
    before: change.before,
    // Without a sign of its own a push told by two webhooks asks twice; the queue sees that the second is a duplicate.
    occurrence: push.occurrence ?? delivery,
    trigger: { kind: 'webhook', actor: push.actor, delivery, receivedAt },
  });
}
