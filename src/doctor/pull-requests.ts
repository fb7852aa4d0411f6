import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';

/** May the gitops-token open pull requests? Asked by one that can't come about: from the base branch into itself. */
export function checkPullRequests(ask: (signal: AbortSignal) => Promise<ForgeAnswer>): Check {
  return { name: 'pull requests', run: async (signal) => judgeOpening(await ask(signal)) };
}

/** What the answer to a pull request from a branch into itself means: it is refused for that alone where the token may. */
export function judgeOpening({ status, message }: ForgeAnswer): Verdict {
  const said = message && ` (${message})`;
  if (status === 422) return { state: 'ok', text: 'the gitops-token may open them' };
  if (status === 410)
    return {
      state: 'fail',
      text: `the repository has them turned off${said}`,
      fix: "turn them on in the repository's settings",
    };
  return {
    state: 'fail',
    text: `the gitops-token may not open them: ${status}${said}`,
    fix: 'give it Pull requests: read and write (classic token: repo)',
  };
}
