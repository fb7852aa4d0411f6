import { z } from 'zod';
import type { Failure } from '../../failures.ts';
import type { Attempt } from '../attempt.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { ApiAnswer } from '../json-api.ts';

const Refused = z.object({
  error: z.object({
    message: z.string().catch(''),
    detail: z.unknown().optional(),
    // Texts for each field, in whichever depth.
    fields: z.unknown().optional(),
  }),
});

/** What Bitbucket's refusal means. */
export function explain(answer: ApiAnswer, attempt: Attempt): Failure {
  const { message = '', fields, detail } = Refused.safeParse(answer.body).data?.error ?? {};
  const more = [detail, fields].flatMap((part) =>
    part === undefined || part === null ? [] : [typeof part === 'string' ? part : JSON.stringify(part)],
  );
  return explainRefusal(answer, { kind: 'bitbucket', message: [message, ...more].filter(Boolean).join('; ') }, attempt);
}
