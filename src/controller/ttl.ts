/** A resource's time to live in milliseconds, of a text such as `1d12h`; null where there is none, or none that can be read. */
export function ttlMs(text: string): number | null {
  const [match, days, hours, minutes, seconds] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  if (!match) return null;
  const count = (digits: string | undefined): number => Number(digits ?? 0);
  return (((count(days) * 24 + count(hours)) * 60 + count(minutes)) * 60 + count(seconds)) * 1000;
}
