import { cancellationSignal } from '@temporalio/activity';
import type { CommitStatus, OpenForge } from '../src/forges/forge.ts';
import type { Plan } from '../src/runs/plan.ts';

export interface StatusInput {
  readonly plan: Plan;
  readonly commit: string;
  readonly state: CommitStatus['state'];
  readonly description: string;
  readonly url: string | null;
}

export function createReportStatus({ openForge }: { readonly openForge: OpenForge }) {
  return {
    /** Sets the source commit's status. Safe to repeat. The run treats it as best effort. */
    async reportStatus({ plan, commit, state, description, url }: StatusInput): Promise<void> {
      const forge = await openForge(plan.source.repository, 'status-token', plan.namespace, cancellationSignal());
      await forge.setCommitStatus(commit, { state, context: `slipway/${plan.component}`, description, url });
    },
  };
}
