import { isDeepStrictEqual } from 'node:util';
import type { ComponentWorkflowRunStatus } from '../openchoreo/kinds/component-workflow-run-status.ts';
import type { RunDescription } from '../temporal/describe-run.ts';
import type { RunOwner } from '../temporal/find-owner.ts';
import { lostStatus, pendingStatus, runStatus } from './resource-status.ts';
import { ourFinalizer, type RunResource } from './run-resource.ts';
import { ttlMs } from './ttl.ts';

/** Runs as the controller needs them; `id` is their workflow's. */
export interface ControlledRuns {
  idOf(namespace: string, name: string): string;
  /** Starts the run of a resource, once for its UID, however often it is asked. */
  start(resource: RunResource): Promise<void>;
  /** Null where there is none. */
  owner(id: string): Promise<RunOwner | null>;
  describe(id: string, execution: string): Promise<RunDescription | null>;
  cancel(id: string): Promise<unknown>;
}

/** Writes to resources. Each is for the version that was read: of another one nothing is written, and the next look decides. */
export interface RunResources {
  setFinalizers(resource: RunResource, finalizers: readonly string[]): Promise<void>;
  writeStatus(resource: RunResource, status: ComponentWorkflowRunStatus): Promise<void>;
  remove(resource: RunResource): Promise<void>;
}

interface ReconcileDeps {
  readonly runs: ControlledRuns;
  readonly resources: RunResources;
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
export function createReconcile({ runs, resources, now = Date.now }: ReconcileDeps) {
  return async function reconcile(resource: RunResource, isRunningAgain = false): Promise<number | null> {
    if (resource.isDeleted) return end(resource);
    if (resource.status.completedAt !== undefined && !isRunningAgain)
      return keep(resource, resource.status.completedAt);
    // One that says it is over would be let go again before its status says otherwise.
    if (!isHeld(resource) && !isRunningAgain) {
      await resources.setFinalizers(resource, [...resource.finalizers, ourFinalizer]);
      return null;
    }
    await write(resource, await nextStatus(resource).catch((error: unknown) => tellTrouble(resource, error)));
    return soonMs;
  };

  /** A resource whose run cannot begin says why. */
  async function tellTrouble(resource: RunResource, error: unknown): Promise<never> {
    const { status } = resource;
    const message = error instanceof Error ? error.message : String(error);
    const at = new Date(now()).toISOString();
    if (status.workflow === undefined)
      await write(resource, pendingStatus(status, `cannot be started yet: ${message}`, at));
    throw error;
  }

  /** A deleted one goes when its run is over. */
  async function end(resource: RunResource): Promise<number | null> {
    if (!isHeld(resource)) return null;
    const id = runs.idOf(resource.namespace, resource.name);
    const owner = await runs.owner(id);
    if (owner?.isRunning && isOwn(resource, owner)) {
      await runs.cancel(id);
      return soonMs;
    }
    await letGo(resource);
    return null;
  }

  /** One whose run is over stays for its time. */
  async function keep(resource: RunResource, completedAt: string): Promise<number | null> {
    if (isHeld(resource)) {
      await letGo(resource);
      return null;
    }
    const ttl = ttlMs(resource.ttl);
    if (ttl === null) return null;
    const left = Date.parse(completedAt) + ttl - now();
    if (left > 0) return left;
    await resources.remove(resource);
    return null;
  }

  async function letGo(resource: RunResource): Promise<void> {
    const others = resource.finalizers.filter((one) => one !== ourFinalizer);
    await resources.setFinalizers(resource, others);
  }

  /** Starts the run where it has not begun. */
  async function nextStatus(resource: RunResource): Promise<ComponentWorkflowRunStatus> {
    const { status, adopts } = resource;
    const id = runs.idOf(resource.namespace, resource.name);
    const at = new Date(now()).toISOString();
    const begun = status.workflow?.execution ?? adopts ?? undefined;
    let owner = await runs.owner(id);
    if (begun === undefined && !(owner && isOwn(resource, owner))) {
      if (owner?.isRunning) return pendingStatus(status, `waits for the end of another run of this name, ${id}`, at);
      await runs.start(resource);
      owner = await runs.owner(id);
    }
    // A retry is another execution of the same resource.
    const execution = owner && isOwn(resource, owner) ? owner.execution : begun;
    const run = execution === undefined ? null : await runs.describe(id, execution);
    if (run !== null) return runStatus(status, run);
    return begun === undefined ? pendingStatus(status, 'is being started', at) : lostStatus(status, at);
  }

  async function write(resource: RunResource, status: ComponentWorkflowRunStatus): Promise<void> {
    const plain: ComponentWorkflowRunStatus = JSON.parse(JSON.stringify(status));
    if (!isDeepStrictEqual(plain, JSON.parse(JSON.stringify(resource.status)))) {
      await resources.writeStatus(resource, plain);
    }
  }
}

const isHeld = ({ finalizers }: RunResource): boolean => finalizers.includes(ourFinalizer);

/** Is this execution that of the resource? */
export const isOwn = (
  { uid, adopts }: Pick<RunResource, 'uid' | 'adopts'>,
  owner: Pick<RunOwner, 'uid' | 'execution'>,
): boolean => owner.uid === uid || (adopts !== null && owner.execution === adopts);
