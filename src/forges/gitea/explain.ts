import { z } from 'zod';
import type { Failure } from '../../failures.ts';
import type { Attempt } from '../attempt.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { ApiAnswer } from '../json-api.ts';

const Refused = z.object({ message: z.string() });

/** What Gitea's refusal means. */
export function explain(answer: ApiAnswer, attempt: Attempt): Failure {
  const message = Refused.safeParse(answer.body).data?.message ?? '';
  const rule = /blocked/i.test(message)
    ? 'the owner of the repository has blocked this account. Let it be unblocked.'
    : undefined;
  return explainRefusal(answer, { kind: 'gitea', message, rule }, attempt);
}
