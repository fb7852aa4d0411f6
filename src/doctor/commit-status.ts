import { Failure } from '../failures.ts';
import { neededScope } from '../forges/needed-scope.ts';
import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';
import { forgeQuestions } from './forge-questions.ts';

/** May statuses be set on source commits? Asked for a commit that can't exist. */
export function checkCommitStatus(ask: (signal: AbortSignal) => Promise<ForgeAnswer>): Check {
  return { name: 'commit status', run: (signal) => ask(signal).then(judgeStatus, warnOfNoToken) };
}

function warnOfNoToken(error: unknown): Verdict {
  if (!(error instanceof Failure) || !['SecretMissing', 'NotAllowed'].includes(error.type)) throw error;
  return { state: 'warn', text: `${error.message} Runs go on without.`, fix: null };
}

/** What the answer to a status of commit 000… means: it is refused for that alone where the token may. */
export function judgeStatus({ forge, status, message }: ForgeAnswer): Verdict {
  const said = message && ` (${message})`;
  if (forgeQuestions[forge].status.refusals.includes(status))
    return { state: 'ok', text: 'may be set on source commits' };
  // Runs report as well as they can, so no run fails by it.
  return {
    state: 'warn',
    text: `the token may not set them: ${status}${said}; runs go on without`,
    fix: `give status-token (or git-token) ${neededScope[forge]['status-token']}`,
  };
}
