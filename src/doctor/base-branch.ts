import { z } from 'zod';
import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';

const BranchAnswer = z.object({ protected: z.boolean().optional() });

/** Is the base branch there, and can it only be changed by pull requests? */
export function checkBaseBranch(branch: string, ask: (signal: AbortSignal) => Promise<ForgeAnswer>): Check {
  return { name: 'base branch', run: async (signal) => judgeBranch(branch, await ask(signal)) };
}

/** What the answer to a question for a branch means; Bitbucket does not tell there whether it is protected. */
export function judgeBranch(branch: string, { status, body, message }: ForgeAnswer): Verdict {
  if (status === 404)
    return {
      state: 'fail',
      text: `there is no branch ${branch}`,
      fix: 'push it, or correct gitops-branch in the ComponentWorkflow',
    };
  const parsed = BranchAnswer.safeParse(body).data;
  if (status !== 200 || parsed === undefined)
    return { state: 'fail', text: `${branch} answers ${status} ${message}`.trim(), fix: null };
  if (parsed.protected === undefined) return { state: 'ok', text: `${branch} is there` };
  if (parsed.protected) return { state: 'ok', text: `${branch} is protected; releases come by pull request` };
  return {
    state: 'warn',
    text: `${branch} is not protected, so whoever may push can pass by the reviews`,
    fix: 'protect it; runs push to release/… branches only',
  };
}
