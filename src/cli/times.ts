/** `12:03:10 UTC`, with the day in front where it is not today. */
export function timeOfDay(milliseconds: number, now: number = Date.now()): string {
  const [day, time] = split(new Date(milliseconds).toISOString());
  return `${day === split(new Date(now).toISOString())[0] ? '' : `${day} `}${time} UTC`;
}

/** `2026-01-02 12:03:10` of an ISO 8601 time. */
export function dayAndTime(iso: string): string {
  return split(iso).join(' ');
}

/** `12.3 s`, `4 min 10 s`, `3 h 20 min`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function split(iso: string): readonly [string, string] {
  return [iso.slice(0, 10), iso.slice(11, 19)];
}
