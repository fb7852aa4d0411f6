import { neededScope } from '../forges/needed-scope.ts';
import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';
import { forgeQuestions } from './forge-questions.ts';

/** May the gitops-token open pull requests, and list them? Asked by one that can't come about: from the base branch into itself. */
export function checkPullRequests(
  open: (signal: AbortSignal) => Promise<ForgeAnswer>,
  list: (signal: AbortSignal) => Promise<unknown>,
): Check {
  return {
    name: 'pull requests',
    async run(signal) {
      const verdict = judgeOpening(await open(signal));
      if (verdict.state === 'ok') await list(signal);
      return verdict;
    },
  };
}

/** What the answer to a pull request from a branch into itself means: it is refused for that alone where the token may. */
export function judgeOpening({ forge, status, message }: ForgeAnswer): Verdict {
  const said = message && ` (${message})`;
  if (forgeQuestions[forge].opening.refusals.includes(status))
    return { state: 'ok', text: 'the gitops-token may open and list them' };
  if (status === 410)
    return {
      state: 'fail',
      text: `the repository has them turned off${said}`,
      fix: "turn them on in the repository's settings",
    };
  return {
    state: 'fail',
    text: `the gitops-token may not open them: ${status}${said}`,
    fix: `give it ${neededScope[forge]['gitops-token']}`,
  };
}
