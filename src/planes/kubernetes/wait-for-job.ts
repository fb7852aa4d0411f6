import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failures.ts';
import type { KubeApi } from './api/kube-api.ts';
import { type JobState, jobState } from './job-state.ts';

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called at each look. */
  onState(state: JobState): void;
  readonly pace?: WaitPace;
}

/** Times in milliseconds. */
export interface WaitPace {
  /** A silent watch is not believed for longer. */
  readonly resyncMs: number;
  /** Shortest time between two looks. */
  readonly pauseMs: number;
  /** For how long a Job that has not begun is waited for here. */
  readonly patienceMs: number;
  /** For how long an API server that does not answer is asked again. */
  readonly outageMs: number;
}

/** A Job's last state. */
export type FinalState = Exclude<JobState, { kind: 'waiting' | 'running' }>;

const usualPace: WaitPace = { resyncMs: 30_000, pauseMs: 250, patienceMs: 5 * 60_000, outageMs: 5 * 60_000 };
const longestBackoffMs = 10_000;
const longestBlindMs = 2000;

/**
 * Waits for a Job's end. What it GETs is the truth; the watch is only the alarm clock, so it may be silent, break or lie. Throws
 * `Unavailable` where the Job does not begin or the API server stays away: the Job goes on, and waiting for it again is safe.
 */
export async function waitForJob(
  api: KubeApi,
  job: JobName,
  { signal, onState, pace = usualPace }: WaitOptions,
): Promise<FinalState> {
  const begunAt = Date.now();
  let answeredAt = begunAt;
  for (let backoffMs = pace.pauseMs; ; ) {
    const seen = await look(api, job, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (Date.now() - answeredAt > patienceWith(error, pace)) throw error;
      return undefined;
    });
    if (seen === undefined) {
      await pause(backoffMs, signal);
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      continue;
    }
    const { state, resourceVersion, hasPod } = seen;
    onState(state);
    if (state.kind !== 'waiting' && state.kind !== 'running') return state;
    answeredAt = Date.now();
    backoffMs = pace.pauseMs;
    if (state.kind === 'waiting' && answeredAt - begunAt > pace.patienceMs) {
      throw new Failure('Unavailable', `The build waits for ${state.reason}`, { retryAfterMs: 1000 });
    }
    // What keeps a pod from being made shows in events of the Job, which are not watched.
    const limitMs = hasPod ? pace.resyncMs : Math.min(pace.resyncMs, longestBlindMs);
    await api.awaitPods(job.namespace, job.name, resourceVersion, limitMs, signal);
    await pause(answeredAt + pace.pauseMs - Date.now(), signal);
  }
}

interface JobName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

async function look(
  api: KubeApi,
  { namespace, name, uid }: JobName,
  signal: AbortSignal,
): Promise<{ readonly state: JobState; readonly resourceVersion: string; readonly hasPod: boolean }> {
  const job = await api.getJob(namespace, name, signal);
  if (job?.metadata.uid !== uid) {
    return { state: { kind: 'lost', reason: 'its Job was deleted' }, resourceVersion: '', hasPod: false };
  }
  const { pods, resourceVersion } = await api.listPods(namespace, name, signal);
  const hasPod = pods.length > 0;
  const mayTell = !hasPod && !job.spec.suspend;
  const events = mayTell ? await api.listEvents(namespace, uid, signal) : [];
  return { state: jobState({ job, pods, events }, Date.now()), resourceVersion, hasPod };
}

/** An API server that has just started may refuse what it will allow in a moment. */
function patienceWith(error: unknown, { outageMs }: WaitPace): number {
  if (!(error instanceof Failure)) return 0;
  return { Unavailable: outageMs, AccessDenied: Math.min(outageMs, 30_000) }[String(error.type)] ?? 0;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}
