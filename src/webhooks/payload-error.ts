import type { z } from 'zod';
import { describeIssues } from '../openchoreo/kinds/issues.ts';

/** A delivery that is not what its provider sends. The message holds nothing of the body's values. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** The value in the shape of the schema. Throws `PayloadError` with every field that does not fit, the first five of them. */
export function readPayload<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  parsed.error.issues.splice(5);
  throw new PayloadError(`the payload does not fit: ${describeIssues(parsed.error)}`);
}
