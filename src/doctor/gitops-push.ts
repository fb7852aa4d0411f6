import type { GitopsMirror } from '../git/git.ts';
import type { Check } from './check.ts';

/** May the gitops-token push? Asked by a push that stops before it sends anything. */
export function checkGitopsPush(
  branch: string,
  url: string,
  open: (signal: AbortSignal) => Promise<GitopsMirror>,
): Check {
  return {
    name: 'gitops push',
    async run(signal) {
      const mirror = await open(signal);
      const head = await mirror.pin(branch, '_doctor');
      await mirror.checkPush(head);
      return { state: 'ok', text: `${url} takes pushes` };
    },
  };
}
