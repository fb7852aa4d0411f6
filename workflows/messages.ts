import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Ask, QueueState, RunEnd, SupersedeReason } from '../src/runs/queue.ts';
import type { RunStatus, Waiting } from '../src/runs/status.ts';

/** A run asks its component's queue for its turn. Safe to repeat. */
export const ask = defineSignal<[Ask]>('ask');
/** A run tells its queue that it is over, whichever way. */
export const ended = defineSignal<[{ workflowId: string; outcome: RunEnd; commit: string | null }]>('ended');
/** The queue gives a run its turn. */
export const turn = defineSignal('turn');
/** The queue asks a run to end for another one's sake; obeyed until the run commits. */
export const supersede = defineSignal<[{ by: string; reason: SupersedeReason }]>('supersede');
/** A step tells its run that it waits for the world, so that people can see for what. */
export const waiting = defineSignal<[Waiting]>('waiting');

/** Where a run stands. */
export const status = defineQuery<RunStatus>('status');
/** Who holds the turn and who waits. */
export const queueState = defineQuery<QueueState>('queueState');
