import { isDeepStrictEqual } from 'node:util';
import { Failure, retryableByType } from '../failures.ts';
import type { RunDescription } from '../temporal/describe-run.ts';
import type { RunOwner } from '../temporal/find-owner.ts';
import { ourFinalizer, type RunResource } from './run-resource.ts';

/** Runs as the controller needs them; `id` is their workflow's. */
export interface ControlledRuns<Resource extends RunResource<unknown>> {
  idOf(run: Resource['of']): string;
  /** Starts the run of a resource, once for its UID, however often it is asked. Gives what it waits for, or null once it is started. */
  start(resource: Resource): Promise<string | null>;
  /** Null where there is none. */
  owner(id: string): Promise<RunOwner | null>;
  describe(id: string, execution: string): Promise<RunDescription | null>;
  cancel(id: string): Promise<unknown>;
}

/** Writes to resources. Each is for the version that was read: of another one nothing is written, and the next look decides. */
export interface RunResources<Resource extends RunResource<unknown>> {
  setFinalizers(resource: Resource, finalizers: readonly string[]): Promise<void>;
  writeStatus(resource: Resource, status: Resource['status']): Promise<void>;
  remove(resource: Resource): Promise<void>;
}

/** How a kind of resource says how a run stands. Times are RFC 3339. */
export interface RunStatuses<Resource extends RunResource<unknown>> {
  pending(resource: Resource, reason: string, now: string): Resource['status'];
  run(resource: Resource, run: RunDescription): Resource['status'];
  /** Of one that cannot be run at all. */
  refused(resource: Resource, failure: Failure, now: string): Resource['status'];
  lost(resource: Resource, now: string): Resource['status'];
}

interface ReconcileDeps<Resource extends RunResource<unknown>> {
  readonly runs: ControlledRuns<Resource>;
  readonly resources: RunResources<Resource>;
  readonly statuses: RunStatuses<Resource>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** After so long a resource whose run is under way is looked at again, in milliseconds. */
const soonMs = 2000;

/**
 * A function that brings a resource and its run together by one step, and says after how many milliseconds it wants to look
 * again; null to wait for a change. `isRunningAgain`: its run is under way though the resource says it is over, as after
 * `slipway run retry`. Safe to repeat, and from several places at once.
 */
export function createReconcile<Resource extends RunResource<unknown>>({
  runs,
  resources,
  statuses,
  now = Date.now,
}: ReconcileDeps<Resource>) {
  return async function reconcile(resource: Resource, isRunningAgain = false): Promise<number | null> {
    if (resource.isDeleted) return end(resource);
    if (resource.completedAt !== undefined && !isRunningAgain) return keep(resource, resource.completedAt);
    // One that says it is over would be let go again before its status says otherwise.
    if (!isHeld(resource) && !isRunningAgain) {
      await resources.setFinalizers(resource, [...resource.finalizers, ourFinalizer]);
      return null;
    }
    await write(resource, await nextStatus(resource).catch((error: unknown) => tellTrouble(resource, error)));
    return soonMs;
  };

  /** A resource whose run cannot begin says why. */
  async function tellTrouble(resource: Resource, error: unknown): Promise<Resource['status']> {
    const message = error instanceof Error ? error.message : String(error);
    const at = new Date(now()).toISOString();
    if (resource.execution === undefined && error instanceof Failure && !retryableByType[error.type])
      return statuses.refused(resource, error, at);
    if (resource.execution === undefined)
      await write(resource, statuses.pending(resource, `cannot be started yet: ${message}`, at));
    throw error;
  }

  /** A deleted one goes when its run is over. */
  async function end(resource: Resource): Promise<number | null> {
    if (!isHeld(resource)) return null;
    const runId = runs.idOf(resource.of);
    const owner = await runs.owner(runId);
    if (owner?.isRunning && isOwn(resource, owner)) {
      await runs.cancel(runId);
      return soonMs;
    }
    await letGo(resource);
    return null;
  }

  /** One whose run is over stays for its time. */
  async function keep(resource: Resource, completedAt: string): Promise<number | null> {
    if (isHeld(resource)) {
      await letGo(resource);
      return null;
    }
    if (resource.ttlMs === null) return null;
    const left = Date.parse(completedAt) + resource.ttlMs - now();
    if (left > 0) return left;
    await resources.remove(resource);
    return null;
  }

  async function letGo(resource: Resource): Promise<void> {
    const others = resource.finalizers.filter((one) => one !== ourFinalizer);
    await resources.setFinalizers(resource, others);
  }

  /** Starts the run where it has not begun. */
  async function nextStatus(resource: Resource): Promise<Resource['status']> {
    const { adopts } = resource;
    const id = runs.idOf(resource.of);
    const at = new Date(now()).toISOString();
    const begun = resource.execution ?? adopts ?? undefined;
    let owner = await runs.owner(id);
    if (begun === undefined && !(owner && isOwn(resource, owner))) {
      if (resource.isStopped)
        return statuses.refused(resource, new Failure('NotAllowed', 'stopped before its run began'), at);
      if (owner?.isRunning)
        return statuses.pending(resource, `waits for the end of another run of this name, ${id}`, at);
      const waitsFor = await runs.start(resource);
      if (waitsFor !== null) return statuses.pending(resource, waitsFor, at);
      owner = await runs.owner(id);
    } else if (resource.isStopped && owner?.isRunning && isOwn(resource, owner)) await runs.cancel(id);
    // A retry is another execution of the same resource.
    const execution = owner && isOwn(resource, owner) ? owner.execution : begun;
    const run = execution === undefined ? null : await runs.describe(id, execution);
    if (run !== null) return statuses.run(resource, run);
    return begun === undefined ? statuses.pending(resource, 'is being started', at) : statuses.lost(resource, at);
  }

  async function write(resource: Resource, status: Resource['status']): Promise<void> {
    // Without the fields that are undefined.
    const plain = (one: Resource['status']): Resource['status'] => JSON.parse(JSON.stringify(one));
    const next = plain(status);
    if (!isDeepStrictEqual(next, plain(resource.status))) await resources.writeStatus(resource, next);
  }
}

const isHeld = ({ finalizers }: Pick<RunResource, 'finalizers'>): boolean => finalizers.includes(ourFinalizer);

/** Is this execution that of the resource? */
export const isOwn = (
  { uid, adopts }: Pick<RunResource, 'uid' | 'adopts'>,
  owner: Pick<RunOwner, 'uid' | 'execution'>,
): boolean => owner.uid === uid || (adopts !== null && owner.execution === adopts);
