import { setTimeout as sleep } from 'node:timers/promises';
import { stepHeading } from '../steps/step-heading.ts';
import type { KubeApi } from './api/kube-api.ts';
import type { ContainerStatus, Pod } from './api/kube-objects.ts';
import { phaseOf } from './buildpacks/phase-names.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Takes a line, or a part of a very long one. */
  write(text: string): Promise<void>;
  /** False: only what is there by now. */
  readonly follow?: boolean;
  /** Between two looks for the next container, in milliseconds. */
  readonly pollMs?: number;
}

/**
 * Hands over what the containers of a Job print, in their order, until the last has ended or the Job is gone. A broken connection
 * is opened again where it broke. Throws what the API throws when it is asked for pods, or the signal's reason.
 */
export async function followLog(
  api: KubeApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { signal, write, follow = true, pollMs = 1000 }: FollowOptions,
): Promise<void> {
  const finished = new Set<string>();
  let since = '';
  let headed = '';
  for (;;) {
    const pod = (await api.listPods(namespace, name, signal)).pods[0];
    if (pod === undefined) return;
    const containers = containersOf(pod);
    const next = containers.find((container) => !finished.has(container.name));
    if (next === undefined) return;
    const { running, terminated } = next.state;
    if (running !== undefined || terminated !== undefined) {
      // Our own programs print theirs.
      const phase = phaseOf(next.name, containers);
      if (phase !== undefined && phase !== headed) await write(stepHeading(phase));
      headed = next.name;
      since = await copyContainer(
        api,
        { namespace, pod: pod.metadata.name, container: next.name, since, follow },
        write,
        signal,
      );
      if (terminated !== undefined) {
        finished.add(next.name);
        since = '';
        continue;
      }
    } else if (isOver(pod)) return;
    if (!follow) return;
    await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

interface LogPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Time of the last line that is known already. */
  readonly since: string;
  readonly follow: boolean;
}

/** Gives the time of the last line; a connection that breaks is like the end of the log. */
async function copyContainer(
  api: KubeApi,
  { namespace, pod, container, since, follow }: LogPlace,
  write: FollowOptions['write'],
  signal: AbortSignal,
): Promise<string> {
  let last = since;
  try {
    for await (const line of api.podLog(namespace, pod, container, { follow, since }, signal)) {
      const blank = line.indexOf(' ');
      const time = line.slice(0, blank);
      // Asked for by the second, so what came within it comes again.
      if (time <= last) continue;
      last = time;
      await write(line.slice(blank + 1));
    }
  } catch {
    signal.throwIfAborted();
  }
  return last;
}

const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...status.initContainerStatuses,
  ...status.containerStatuses,
];
const isOver = ({ status: { phase } }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';
