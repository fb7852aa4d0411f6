import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from './api/kube-api.ts';
import { followLog } from './follow-log.ts';

const moreMs = 300;
const restMs = 5000;

/**
 * Reads what a Job's containers print, in pieces: null while there is no pod, or no more. Without `follow` the first piece is all
 * that there is by now. Throws what the API throws.
 */
export function readJobLog(
  api: KubeApi,
  job: { readonly namespace: string; readonly name: string },
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): { read(isLast: boolean): Promise<string | null> } {
  let text = '';
  let isFound = false;
  let following: Promise<void> | undefined;
  const write = async (line: string): Promise<void> => {
    isFound = true;
    text += line;
  };
  return {
    async read(isLast) {
      // Where nothing was printed yet the pod may be still to come.
      following ??= followLog(api, job, { signal, write, follow }).finally(() => {
        if (!isFound) following = undefined;
      });
      await (follow ? Promise.race([following, sleep(isLast ? restMs : moreMs)]) : following);
      const piece = text;
      text = '';
      return isFound ? piece : null;
    },
  };
}
