import { describe, expect, it } from 'vitest';
import {
  type Ask,
  admit,
  commitToCompare,
  emptyQueue,
  handOver,
  leave,
  type QueueMessage,
  type QueueState,
} from '../../../src/runs/queue.ts';

const manual = (workflowId: string, startedAt: number, more: Partial<Ask> = {}): Ask => ({
  workflowId,
  startedAt,
  environment: '',
  repository: 'https://github.com/acme/shop',
  commit: `commit of ${workflowId}`,
  before: null,
  trigger: 'manual',
  receivedAt: null,
  keepAll: false,
  ...more,
});
const pushed = (workflowId: string, commit: string, receivedAt: number, more: Partial<Ask> = {}): Ask =>
  manual(workflowId, receivedAt + 5, { trigger: 'webhook', commit, receivedAt, ...more });

/** Plays asks one after the other, as the queue does, and hands over the turn after each. */
function play(asks: readonly Ask[], relation: Parameters<typeof admit>[2] = null, from: QueueState = emptyQueue) {
  let state = from;
  const messages: QueueMessage[] = [];
  for (const ask of asks) {
    const admitted = admit(state, ask, commitToCompare(state, ask) === null ? null : relation);
    const handed = handOver(admitted.state);
    state = handed.state;
    messages.push(...admitted.messages, ...handed.messages);
  }
  return { state, messages };
}
const told = (messages: readonly QueueMessage[], to: string) =>
  messages.filter((message) => message.to === to).map((message) => (message.kind === 'turn' ? 'turn' : message.reason));

describe('manual runs', () => {
  it.each([
    ['a b c', [1, 2, 3]],
    ['a c b', [1, 3, 2]],
    ['b a c', [2, 1, 3]],
    ['b c a', [2, 3, 1]],
    ['c a b', [3, 1, 2]],
    ['c b a', [3, 2, 1]],
  ])('end with the newest alone, when they ask in the order %s', (_, order) => {
    const { state, messages } = play(order.map((start) => manual(`run${start}`, start)));

    const alive = [state.holder, ...state.waiting].filter((ask) => ask !== null).map(({ workflowId }) => workflowId);
    const superseded = new Set(messages.flatMap((message) => (message.kind === 'supersede' ? [message.to] : [])));
    expect(alive.filter((id) => !superseded.has(id))).toEqual(['run3']);
    expect(superseded).toEqual(new Set(['run1', 'run2']));
  });

  it('that started before one that came and went are superseded', () => {
    const { state } = play([manual('new', 2)]);
    const { messages } = play([manual('old', 1)], null, leave(state, 'new', 'released', 'c'));
    expect(told(messages, 'old')).toEqual(['newer']);
  });

  it('go ahead when the newer one failed', () => {
    const { state } = play([manual('new', 2)]);
    const { messages } = play([manual('old', 1)], null, leave(state, 'new', 'failed', null));
    expect(told(messages, 'old')).toEqual(['turn']);
  });

  it('may go back to an older commit', () => {
    const { state } = play([pushed('push', 'c2', 1)]);
    const { messages } = play(
      [manual('back', 10, { commit: 'c1' })],
      'ancestor',
      leave(state, 'push', 'released', 'c2'),
    );
    expect(told(messages, 'back')).toEqual(['turn']);
  });
});

describe('automatic runs', () => {
  const { state: after } = play([pushed('first', 'c2', 10)]);
  const idle = leave(after, 'first', 'released', 'c2');

  it('of a strict ancestor are older', () => {
    expect(told(play([pushed('late', 'c1', 20)], 'ancestor', idle).messages, 'late')).toEqual(['older']);
  });

  it('of an ancestor go ahead when they were pushed over the very commit', () => {
    const back = pushed('forced', 'c1', 20, { before: 'c2' });
    expect(told(play([back], 'ancestor', idle).messages, 'forced')).toEqual(['turn']);
  });

  it('of a commit that a forced push took the place of are older, however late they come', () => {
    const forced = [pushed('b', 'x1', 20, { before: 'c2' }), pushed('c', 'x2', 30, { before: 'x1' })];
    const late = pushed('a', 'c2', 40, { before: 'c1' });
    expect(told(play([...forced, late], 'unrelated').messages, 'a')).toEqual(['older']);
    const back = pushed('d', 'c2', 40, { before: 'x2' });
    expect(told(play([...forced, back], 'unrelated').messages, 'c')).toEqual(['newer']);
  });

  it('of a descendant go ahead, also with an earlier time', () => {
    expect(told(play([pushed('next', 'c3', 5)], 'descendant', idle).messages, 'next')).toEqual(['turn']);
  });

  it.each([
    [20, 'turn'],
    [5, 'older'],
  ])('of unrelated history go by the time of the push: %s', (receivedAt, answer) => {
    expect(told(play([pushed('other', 'x1', receivedAt)], 'unrelated', idle).messages, 'other')).toEqual([answer]);
  });

  it('of the same commit are duplicates', () => {
    expect(told(play([pushed('again', 'c2', 20)], null, idle).messages, 'again')).toEqual(['duplicate']);
  });

  it.each(['failed', 'cancelled'] as const)('of the same commit go ahead after the first one %s', (end) => {
    const failed = leave(after, 'first', end, null);
    expect(told(play([pushed('again', 'c2', 20)], null, failed).messages, 'again')).toEqual(['turn']);
  });

  it('that ask again are never duplicates of themselves', () => {
    expect(told(play([pushed('first', 'c2', 10)], null, idle).messages, 'first')).toEqual(['turn']);
  });

  it('are measured per environment', () => {
    const elsewhere = pushed('staging', 'c2', 20, { environment: 'staging' });
    expect(told(play([elsewhere], null, idle).messages, 'staging')).toEqual(['turn']);
  });

  it('supersede an older one that builds', () => {
    const { messages } = play([pushed('next', 'c3', 20)], 'descendant', after);
    expect(told(messages, 'first')).toEqual(['newer']);
  });
});

describe('the queue', () => {
  it('lets other environments wait in order', () => {
    const asks = [manual('a', 1), manual('b', 2, { environment: 'staging' }), manual('c', 3, { environment: 'prod' })];
    const { state, messages } = play(asks);
    expect(state.holder?.workflowId).toBe('a');
    expect(state.waiting.map(({ workflowId }) => workflowId)).toEqual(['b', 'c']);
    expect(messages).toEqual([{ to: 'a', kind: 'turn' }]);
  });

  it('keeps all runs of a component that asks for it', () => {
    const { state } = play([1, 3, 2].map((start) => manual(`run${start}`, start, { keepAll: true })));
    expect(state.waiting.map(({ workflowId }) => workflowId)).toEqual(['run2', 'run3']);
  });

  it('puts a kept run of an older commit before the newer one that waits', () => {
    const keepAll = true;
    const { state } = play([manual('holder', 1, { keepAll }), pushed('newer', 'c2', 3, { keepAll })], 'unrelated');
    const { state: after } = play([pushed('older', 'c1', 2, { keepAll })], 'ancestor', state);
    expect(after.waiting.map(({ workflowId }) => workflowId)).toEqual(['older', 'newer']);
  });

  it('lets a build finish after three superseded in a row', () => {
    let state = emptyQueue;
    for (const start of [1, 2, 3]) {
      state = play([manual(`run${start}`, start), manual(`run${start + 1}`, start + 1)], null, state).state;
      state = handOver(leave(state, `run${start}`, 'superseded', null)).state;
    }
    const { messages, state: last } = play([manual('run5', 5)], null, state);
    expect(last.holder?.workflowId).toBe('run4');
    expect(told(messages, 'run4')).toEqual([]);
    expect(last.waiting.map(({ workflowId }) => workflowId)).toEqual(['run5']);
  });

  it('tells the holder again that it is its turn when it asks again', () => {
    const { messages } = play([manual('a', 1), manual('a', 1)]);
    expect(told(messages, 'a')).toEqual(['turn', 'turn']);
  });

  it('does not count a waiter twice', () => {
    const { state } = play([
      manual('a', 1, { keepAll: true }),
      manual('b', 2, { keepAll: true }),
      manual('b', 2, { keepAll: true }),
    ]);
    expect(state.waiting).toHaveLength(1);
  });

  it('gives no answer when it is full, so that the run asks again', () => {
    const waiting = Array.from({ length: 1_000 }, (_, i) => manual(`w${i}`, i, { keepAll: true }));
    const full = { ...emptyQueue, holder: manual('h', 0), waiting };
    const decision = admit(full, manual('late', 5_000, { keepAll: true }), null);
    expect(decision).toEqual({ state: full, messages: [] });
  });

  it('remembers what was released where', () => {
    const { state } = play([manual('a', 1, { environment: 'dev', commit: 'c1' })]);
    expect(leave(state, 'a', 'released', 'c1').lastReleased).toEqual({ dev: 'c1' });
  });
});
