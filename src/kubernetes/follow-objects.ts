import { z } from 'zod';
import { parseJson } from '../builds/parse-json.ts';
import type { KubeCall, KubeConnection } from './kube-connection.ts';
import { lines } from './lines.ts';
import { listObjects } from './list-objects.ts';

/** An object as the cluster has it; who wrote which of its fields is left out, for it is long and of no use here. */
export const KubeObject = z.looseObject({
  metadata: z
    .looseObject({
      name: z.string(),
      namespace: z.string().default(''),
      uid: z.string(),
      resourceVersion: z.string(),
    })
    .transform(({ managedFields: _, ...metadata }) => metadata),
});
export type KubeObject = z.infer<typeof KubeObject>;

/** Objects by `<namespace>/<name>`. */
export type KubeObjects = ReadonlyMap<string, KubeObject>;

/** The objects of a list, kept up to date. */
export interface FollowedObjects {
  /**
   * All as they are now; an object that did not change is the very same one again. Asks the cluster only where no watch has
   * followed them since the last time. Throws what the cluster's answer to the list throws.
   */
  now(): Promise<KubeObjects>;
  /** Returns when they may have changed since the last `now`, and after `limitMs` at the latest. One may wait at a time. */
  changed(limitMs: number): Promise<void>;
}

interface FollowOptions {
  /** A watch that is silent for so long counts as lost; servers send bookmarks about every minute. */
  readonly silenceMs?: number;
}

/** As large as a cluster's objects can be, and what an event adds. */
const longestEvent = 4 * 1024 * 1024;

const never = new AbortController().signal;

const Event = z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']), object: z.unknown() });

/**
 * Follows the objects of a list from the first `now` on until `lifetime` ends; without one every `now` lists. The list is the
 * truth, a watch only spares it: whatever is odd about the watch ends it, and the next `now` lists again.
 */
export function followObjects(
  connection: KubeConnection,
  call: KubeCall,
  lifetime: AbortSignal | null,
  { silenceMs = 90_000 }: FollowOptions = {},
): FollowedObjects {
  let objects = new Map<string, KubeObject>();
  /** What was given away last, which must not change any more. */
  let given: KubeObjects | undefined;
  let isFollowed = false;
  let listing: Promise<void> | undefined;
  let wake = (): void => undefined;

  const put = (target: Map<string, KubeObject>, object: KubeObject): void => {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const known = objects.get(key);
    target.set(key, known !== undefined && isSame(known, object) ? known : object);
  };

  const list = async (): Promise<void> => {
    lifetime?.throwIfAborted();
    const { items, resourceVersion } = await listObjects(connection, call, KubeObject, lifetime ?? never);
    const listed = new Map<string, KubeObject>();
    for (const item of items) put(listed, item);
    objects = listed;
    given = undefined;
    if (lifetime === null) return;
    isFollowed = true;
    void watch(resourceVersion, lifetime);
  };

  const watch = async (resourceVersion: string, until: AbortSignal): Promise<void> => {
    const silent = new AbortController();
    const silence = setTimeout(() => silent.abort(), silenceMs).unref();
    // Long, and not the same for all that began together.
    const timeoutSeconds = String(300 + Math.floor(Math.random() * 300));
    const query = { ...call.query, watch: '1', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds };
    try {
      const texts = connection.stream({ ...call, verb: 'watch', query }, AbortSignal.any([until, silent.signal]));
      for await (const line of lines(texts, longestEvent)) {
        silence.refresh();
        if (!apply(line)) break;
        wake();
      }
    } catch {
      // Who asks next is told by the list what is wrong.
    } finally {
      clearTimeout(silence);
      isFollowed = false;
      wake();
    }
  };

  /** False for what cannot be applied: an error of the server, or half a line. */
  const apply = (line: string): boolean => {
    const event = Event.safeParse(parseJson(line));
    if (!event.success) return false;
    if (event.data.type === 'BOOKMARK') return true;
    const object = KubeObject.safeParse(event.data.object);
    if (!object.success) return false;
    given = undefined;
    const { namespace, name } = object.data.metadata;
    if (event.data.type === 'DELETED') objects.delete(`${namespace}/${name}`);
    else put(objects, object.data);
    return true;
  };

  return {
    async now() {
      if (!isFollowed) {
        listing ??= list().finally(() => {
          listing = undefined;
        });
        await listing;
      }
      given ??= new Map(objects);
      return given;
    },
    async changed(limitMs) {
      if (!isFollowed || given === undefined) return;
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, limitMs);
        wake = () => {
          clearTimeout(limit);
          resolve();
        };
      });
    },
  };
}

const isSame = (one: KubeObject, other: KubeObject): boolean =>
  one.metadata.uid === other.metadata.uid && one.metadata.resourceVersion === other.metadata.resourceVersion;
