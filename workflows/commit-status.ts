import { log } from '@temporalio/workflow';
import type { CommitStatus } from '../src/forges/forge.ts';
import type { RunEnd } from '../src/runs/queue.ts';
import type { Progress } from './progress.ts';
import { brief } from './proxies.ts';
import type { Inputs } from './release-phase.ts';

export interface CommitStatuses {
  /** Says on the source commit that the run is under way. Not to be waited for: nothing depends on it. */
  begin(inputs: Inputs): void;
  /** Says how the run ended, after whatever was said before. Never throws: a commit status fails no run. */
  end(inputs: Inputs, end: RunEnd): Promise<void>;
}

/** Reports on the source commit, one status after the other. */
export function prepareCommitStatuses(progress: Progress): CommitStatuses {
  let last: Promise<void> = Promise.resolve();

  function say({ resolved, source }: Inputs, state: CommitStatus['state'], description: string): Promise<void> {
    const { plan, link } = resolved;
    const url = progress.status().pullRequest?.url ?? link;
    const input = { plan, commit: source.commit, state, description, url };
    return progress
      .step('reportStatus', `${state} on ${source.commit.slice(0, 8)}`, input, brief)
      .catch((error: unknown) => log.warn('status not reported', { error }));
  }

  return {
    begin(inputs) {
      last = say(inputs, 'pending', 'building');
    },
    async end(inputs, end) {
      await last;
      await say(inputs, stateOf(end), descriptionOf(end, progress));
    },
  };
}

function stateOf(end: RunEnd): CommitStatus['state'] {
  if (end === 'failed') return 'failure';
  return end === 'cancelled' ? 'error' : 'success';
}

function descriptionOf(end: RunEnd, progress: Progress): string {
  const { pullRequest, steps } = progress.status();
  const failed = steps.findLast(({ name, state }) => state === 'failed' && name !== 'reportStatus');
  if (end === 'failed') return `failed${failed ? ` in ${failed.name}` : ''}`;
  return pullRequest ? `${end}, pull request #${pullRequest.number}` : end;
}
