import { z } from 'zod';
import type { Failure } from '../../failures.ts';
import type { Attempt } from '../attempt.ts';
import { explainRefusal } from '../explain-refusal.ts';
import type { ApiAnswer } from '../json-api.ts';

const Texts = z.union([z.string(), z.array(z.string()).transform((texts) => texts.join(', '))]);
const Refused = z.object({
  // One text, some, or some for each field.
  message: z
    .union([
      Texts,
      z.record(z.string(), Texts).transform((fields) =>
        Object.entries(fields)
          .map(([field, text]) => `${field} ${text}`)
          .join('; '),
      ),
    ])
    .optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
});

/** What GitLab says for people, in whichever of its shapes. */
export function messageOf(body: unknown): string {
  const { message, error, error_description: description } = Refused.safeParse(body).data ?? {};
  return message ?? description ?? error ?? '';
}

/** What GitLab's refusal means. */
export function explain(answer: ApiAnswer, attempt: Attempt): Failure {
  return explainRefusal(
    answer,
    { kind: 'gitlab', message: messageOf(answer.body), waitMs: untilReset(answer.headers) },
    attempt,
  );
}

/** Until the limit begins anew, by the server's own clock where it tells it. */
function untilReset(headers: Headers): number | undefined {
  const reset = Number(headers.get('ratelimit-reset') ?? Number.NaN) * 1000;
  if (!Number.isFinite(reset)) return undefined;
  const sent = Date.parse(headers.get('date') ?? '');
  return Math.max(1000, reset - (Number.isNaN(sent) ? Date.now() : sent) + 1000);
}
