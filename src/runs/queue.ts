import type { Relation } from '../git/git.ts';
import type { Trigger } from './plan.ts';

/** What a run tells its component's queue when it asks for its turn. Times are milliseconds since 1970. */
export interface Ask {
  readonly workflowId: string;
  readonly startedAt: number;
  /** Empty when the run leaves it to the pipeline. */
  readonly environment: string;
  readonly repository: string;
  /** Secret that its source is read with. */
  readonly secretRef?: string | undefined;
  readonly commit: string;
  /** Commit that the branch pointed to before the push. */
  readonly before: string | null;
  readonly trigger: Trigger['kind'];
  readonly receivedAt: number | null;
  /** The component keeps all of its runs, in order. */
  readonly keepAll: boolean;
}

/** The commit last requested for an environment; automatic runs are measured against it, never against the branch's head. */
export interface Requested {
  readonly workflowId: string;
  readonly commit: string;
  /** Commits that it took the place of, the newest last: told late, they are older, though a forced push made them unrelated. */
  readonly past?: readonly string[];
  readonly at: number;
  readonly failed: boolean;
  readonly trigger?: Trigger['kind'];
}

export interface QueueState {
  readonly holder: Ask | null;
  readonly waiting: readonly Ask[];
  readonly lastRequested: Readonly<Record<string, Requested>>;
  readonly lastReleased: Readonly<Record<string, string>>;
  readonly supersededInARow: number;
}

export type SupersedeReason = 'newer' | 'older' | 'duplicate';

export type QueueMessage =
  | { readonly to: string; readonly kind: 'turn' }
  | { readonly to: string; readonly kind: 'supersede'; readonly by: string; readonly reason: SupersedeReason };

export type RunEnd = 'released' | 'unchanged' | 'superseded' | 'failed' | 'cancelled';

interface Decision {
  readonly state: QueueState;
  readonly messages: readonly QueueMessage[];
}

export const emptyQueue: QueueState = {
  holder: null,
  waiting: [],
  lastRequested: {},
  lastReleased: {},
  supersededInARow: 0,
};

/** After so many superseded builds in a row the next one finishes, so that steady pushing never starves the environment. */
const MAX_SUPERSEDED_IN_A_ROW = 3;
/** Who finds the queue full asks again later by itself. */
const MAX_WAITING = 1_000;

/** The commit whose relation to the asked one decides, or null where none is needed. */
export function commitToCompare(state: QueueState, ask: Ask): string | null {
  const last = state.lastRequested[ask.environment];
  if (ask.trigger === 'manual' || !last || last.workflowId === ask.workflowId) return null;
  return last.commit === ask.commit || last.commit === ask.before ? null : last.commit;
}

/** Takes in an ask. `relation` is how the asked commit relates to `commitToCompare`'s. Safe to repeat. */
export function admit(state: QueueState, ask: Ask, relation: Relation | null): Decision {
  if (state.holder?.workflowId === ask.workflowId) {
    return { state: { ...state, holder: ask }, messages: [{ to: ask.workflowId, kind: 'turn' }] };
  }
  if (state.waiting.some((waiter) => waiter.workflowId === ask.workflowId)) {
    return { state: { ...state, waiting: inOrder(replaced(state.waiting, ask)) }, messages: [] };
  }
  const stale = staleness(state, ask, relation);
  if (stale) {
    return { state: withPast(state, ask), messages: [{ to: ask.workflowId, kind: 'supersede', ...stale }] };
  }
  if (state.waiting.length >= MAX_WAITING) return { state, messages: [] };

  const rivals = ask.keepAll ? [] : rivalsOf(state, ask);
  const newer = rivals.find((rival) => isNewer(rival, ask));
  if (newer) {
    return { state, messages: [{ to: ask.workflowId, kind: 'supersede', by: newer.workflowId, reason: 'newer' }] };
  }
  const { workflowId, commit, trigger } = ask;
  const past = pastOf(state, ask);
  const requested = { workflowId, commit, past, at: orderTime(ask), failed: false, trigger };
  const obsolete = new Set(rivals.map((rival) => rival.workflowId));
  return {
    state: {
      ...state,
      waiting: inOrder([...state.waiting.filter((waiter) => !obsolete.has(waiter.workflowId)), ask]),
      lastRequested: { ...state.lastRequested, [ask.environment]: requested },
    },
    messages: rivals.map((rival) => ({ to: rival.workflowId, kind: 'supersede', by: ask.workflowId, reason: 'newer' })),
  };
}

/** Gives the turn to the next one when nobody holds it. */
export function handOver(state: QueueState): Decision {
  const [next, ...waiting] = state.waiting;
  if (state.holder || !next) return { state, messages: [] };
  return { state: { ...state, holder: next, waiting }, messages: [{ to: next.workflowId, kind: 'turn' }] };
}

/** Lets go of a run that ended; `failed` also stands for one that can no longer say so itself. Safe to repeat. */
export function leave(state: QueueState, workflowId: string, end: RunEnd, commit: string | null): QueueState {
  const held = state.holder?.workflowId === workflowId ? state.holder : null;
  const environment = held?.environment;
  const gaveUp = end === 'failed' || end === 'cancelled';
  return {
    holder: held ? null : state.holder,
    waiting: state.waiting.filter((waiter) => waiter.workflowId !== workflowId),
    lastRequested: gaveUp ? markFailed(state.lastRequested, workflowId) : state.lastRequested,
    lastReleased:
      environment !== undefined && commit && (end === 'released' || end === 'unchanged')
        ? { ...state.lastReleased, [environment]: commit }
        : state.lastReleased,
    supersededInARow: !held ? state.supersededInARow : end === 'superseded' ? state.supersededInARow + 1 : 0,
  };
}

function staleness(state: QueueState, ask: Ask, relation: Relation | null) {
  const last = state.lastRequested[ask.environment];
  if (!last || last.workflowId === ask.workflowId) return null;
  if (ask.trigger === 'manual') {
    // A newer run may have come and gone while this one was still cloning.
    const overtaken = !ask.keepAll && !last.failed && orderTime(ask) < last.at;
    return overtaken ? { by: last.workflowId, reason: 'newer' as const } : null;
  }
  if (last.commit === ask.commit) return last.failed ? null : { by: last.workflowId, reason: 'duplicate' as const };
  if (last.commit === ask.before) return null; // a deliberate push, also when it goes back
  // Kept in order, it only takes its place before the one that waits.
  if (ask.keepAll && state.waiting.some(({ workflowId }) => workflowId === last.workflowId)) return null;
  const older =
    last.past?.includes(ask.commit) ||
    relation === 'ancestor' ||
    (relation === 'unrelated' && orderTime(ask) < last.at);
  return older ? { by: last.workflowId, reason: 'older' as const } : null;
}

/** So many pushes in a row may be told late. */
const MAX_PAST = 50;

function pastOf({ lastRequested }: QueueState, { environment, commit, before }: Ask): readonly string[] {
  const last = lastRequested[environment];
  const past = new Set([...(last?.past ?? []), ...(last ? [last.commit] : []), ...(before === null ? [] : [before])]);
  past.delete(commit);
  return [...past].slice(-MAX_PAST);
}

/** Also one that comes too late says what it took the place of. */
function withPast(state: QueueState, ask: Ask): QueueState {
  const last = state.lastRequested[ask.environment];
  if (!last || ask.before === null) return state;
  const past = pastOf(state, { ...ask, commit: last.commit });
  return { ...state, lastRequested: { ...state.lastRequested, [ask.environment]: { ...last, past } } };
}

/** The runs that this one makes obsolete, or is made obsolete by: same environment, and not meant to be kept. */
function rivalsOf(state: QueueState, ask: Ask): readonly Ask[] {
  const tired = state.supersededInARow >= MAX_SUPERSEDED_IN_A_ROW;
  const holder = state.holder && (!tired || isNewer(state.holder, ask)) ? [state.holder] : [];
  return [...holder, ...state.waiting].filter((rival) => rival.environment === ask.environment && !rival.keepAll);
}

function isNewer(rival: Ask, ask: Ask): boolean {
  if (rival.trigger !== 'manual' && ask.trigger !== 'manual') return false; // `staleness` has settled that by ancestry
  return compareOrder(rival, ask) > 0;
}

/** Manual runs count from their start, automatic ones from when the push was heard of. */
function orderTime(ask: Ask): number {
  return ask.trigger === 'manual' ? ask.startedAt : (ask.receivedAt ?? ask.startedAt);
}

function compareOrder(one: Ask, other: Ask): number {
  return orderTime(one) - orderTime(other) || (one.workflowId < other.workflowId ? -1 : 1);
}

function inOrder(asks: readonly Ask[]): readonly Ask[] {
  return asks.toSorted(compareOrder);
}

function replaced(waiting: readonly Ask[], ask: Ask): readonly Ask[] {
  return waiting.map((waiter) => (waiter.workflowId === ask.workflowId ? ask : waiter));
}

function markFailed(requested: QueueState['lastRequested'], workflowId: string): QueueState['lastRequested'] {
  return Object.fromEntries(
    Object.entries(requested).map(([environment, last]) => [
      environment,
      last.workflowId === workflowId ? { ...last, failed: true } : last,
    ]),
  );
}
