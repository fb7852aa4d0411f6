import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowedObjects, KubeObject } from '../kubernetes/follow-objects.ts';
import type { Logger } from '../logger.ts';

interface ControllerOptions<Resource> {
  /** The resources, as several lists where not all namespaces are followed. */
  readonly lists: readonly FollowedObjects[];
  /** Reads one. Throws for an object that is none. */
  readonly read: (object: KubeObject) => Resource;
  /** One step for a resource; in how many milliseconds to look again. */
  readonly reconcile: (resource: Resource, isRunningAgain: boolean) => Promise<number | null>;
  /** Looks at runs that may lack their resource; gives the keys of resources whose run is under way. */
  readonly sweep: (resources: ReadonlyMap<string, Resource>) => Promise<ReadonlySet<string>>;
  readonly lifetime: AbortSignal;
  readonly logger: Logger;
  readonly times?: Partial<ControllerTimes>;
}

/** In milliseconds. */
interface ControllerTimes {
  /** Between two rounds at least. */
  readonly pause: number;
  /** Until something is looked at again that could not be done. */
  readonly afterTrouble: number;
  /** Between two sweeps. */
  readonly sweep: number;
}

/** So many resources are looked at side by side. */
const atOnce = 8;

/**
 * Keeps resources and runs together until `lifetime` ends. It remembers nothing that counts: each round looks at what
 * changed and at what is due, so any number of these may run beside each other, and any of them may end at any moment.
 */
export async function runController<Resource>(options: ControllerOptions<Resource>): Promise<void> {
  const { lists, read, reconcile, lifetime, logger } = options;
  const times = { pause: 250, afterTrouble: 5000, sweep: 5000, ...options.times };
  const looks = new Map<string, { readonly object: KubeObject; readonly next: number }>();
  let sweepAt = 0;
  let told = '';

  /** The same trouble is told once. */
  const tell = (what: string, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (told !== `${what} ${message}`) logger.warn(what, { message });
    told = `${what} ${message}`;
  };

  async function look(key: string, object: KubeObject, isRunningAgain: boolean): Promise<void> {
    try {
      const wait = await reconcile(read(object), isRunningAgain);
      looks.set(key, { object, next: wait === null ? Number.POSITIVE_INFINITY : Date.now() + wait });
    } catch (error) {
      tell(`resource ${key} is left for the moment`, error);
      looks.set(key, { object, next: Date.now() + times.afterTrouble });
    }
  }

  async function sweepWhenDue(objects: ReadonlyMap<string, KubeObject>): Promise<ReadonlySet<string>> {
    if (Date.now() < sweepAt) return new Set();
    sweepAt = Date.now() + times.sweep;
    try {
      return await options.sweep(new Map([...objects].map(([key, object]) => [key, read(object)])));
    } catch (error) {
      tell('runs under way are not compared with resources for the moment', error);
      return new Set();
    }
  }

  async function round(): Promise<void> {
    const objects = new Map((await Promise.all(lists.map((list) => list.now()))).flatMap((one) => [...one]));
    for (const key of looks.keys()) if (!objects.has(key)) looks.delete(key);
    const again = await sweepWhenDue(objects);
    const due = [...objects].filter(([key, object]) => {
      const last = looks.get(key);
      return last?.object !== object || last.next <= Date.now() || again.has(key);
    });
    for (let at = 0; at < due.length; at += atOnce) {
      await Promise.all(due.slice(at, at + atOnce).map(([key, object]) => look(key, object, again.has(key))));
    }
    const next = Math.min(sweepAt, ...[...looks.values()].map((one) => one.next));
    const limit = Math.max(0, next - Date.now());
    await Promise.race(lists.map((list) => list.changed(limit)));
  }

  while (!lifetime.aborted) {
    try {
      await round();
      await sleep(times.pause, undefined, { signal: lifetime });
    } catch (error) {
      if (lifetime.aborted) break;
      tell('the resources cannot be listed for the moment', error);
      await sleep(times.afterTrouble, undefined, { signal: lifetime }).catch(() => undefined);
    }
  }
}
