import { z } from 'zod';

const longestSeconds = 24 * 3600;

/** A duration such as `30m`, `1h30m` or `90s`, in seconds: from one second to one day. */
export const Duration = z.string().transform((text, context) => {
  const [match, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim()) ?? [];
  if (!match) {
    context.addIssue('must be a duration such as 30m, 1h30m or 90s');
    return z.NEVER;
  }
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  if (total < 1 || total > longestSeconds) context.addIssue('must be between 1s and 24h');
  return total;
});
export type Duration = z.infer<typeof Duration>;

/** A duration in seconds, or `off`, which is null. */
export const OffOrDuration = z.union(
  [z.literal('off').transform(() => null), Duration],
  'must be off, or a duration such as 10m',
);
