import type { Duration } from '@temporalio/common';
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type Ask,
  admit,
  commitToCompare,
  emptyQueue,
  handOver,
  leave,
  type QueueMessage,
  type QueueState,
} from '../src/runs/queue.ts';
import { ask, ended, queueState, supersede, turn } from './messages.ts';
import { quick } from './proxies.ts';

export interface QueueOptions {
  readonly namespace: string;
  /** How often a closed holder is looked for while somebody waits. */
  readonly checkEvery?: Duration;
  readonly idle?: Duration;
  /** Events after which it continues as new: far below Temporal's limit, so that a busy component never nears it. */
  readonly maxEvents?: number;
}

/** One component's queue: decides which run goes ahead (rules: `src/runs/queue.ts`). It waits for `ended` and never ends a run itself. */
export async function componentQueue(options: QueueOptions, initial: QueueState = emptyQueue): Promise<void> {
  const { namespace, checkEvery = '15s', idle = '30 days', maxEvents = 4_000 } = options;
  const inbox: Ask[] = [];
  const outbox: QueueMessage[] = [];
  let state = initial;
  let changed = false;

  setHandler(queueState, () => state);
  setHandler(ask, (request) => {
    inbox.push(request);
    changed = true;
  });
  setHandler(ended, ({ workflowId, outcome, commit }) => {
    state = leave(state, workflowId, outcome, commit);
    changed = true;
  });

  /** What cannot be known now counts as running: it is asked again. */
  const isRunning = (workflowId: string) => quick.isRunning(workflowId).catch(() => true);

  async function answer(request: Ask): Promise<void> {
    const holder = state.holder?.workflowId;
    // A holder that was terminated must not stand in the way of the same commit.
    if (holder !== undefined && holder !== request.workflowId && !(await isRunning(holder))) {
      state = leave(state, holder, 'failed', null);
    }
    const other = commitToCompare(state, request);
    const { repository, secretRef, commit } = request;
    const relation =
      other === null
        ? null
        : await quick.compareCommits({ namespace, repository, secretRef, commit, other }).catch((error: unknown) => {
            log.warn('commits not compared; the time of the push decides', { commit, other, error });
            return 'unrelated' as const;
          });
    const decision = admit(state, request, relation);
    state = decision.state;
    outbox.push(...decision.messages);
  }

  for (;;) {
    changed = false;
    for (let request = inbox.shift(); request; request = inbox.shift()) await answer(request);
    const next = handOver(state);
    state = next.state;
    outbox.push(...next.messages);
    for (let message = outbox.shift(); message; message = outbox.shift()) {
      // A message to a closed run fails, and that is how a dead one shows.
      if (await deliver(message)) continue;
      state = leave(state, message.to, 'failed', null);
      changed = true;
    }
    if (changed) continue;
    if (workflowInfo().historyLength > maxEvents || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof componentQueue>(options, state);
    }
    if (await condition(() => changed, state.waiting.length > 0 ? checkEvery : idle)) continue;
    // A signal that arrives from here on makes the server refuse this completion, so nothing is lost.
    if (!state.holder) return;
    const { workflowId } = state.holder;
    if (!(await isRunning(workflowId))) state = leave(state, workflowId, 'failed', null);
  }
}

async function deliver(message: QueueMessage): Promise<boolean> {
  const run = getExternalWorkflowHandle(message.to);
  const sent =
    message.kind === 'turn' ? run.signal(turn) : run.signal(supersede, { by: message.by, reason: message.reason });
  return sent.then(
    () => true,
    () => false,
  );
}
