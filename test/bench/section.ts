/** One thing that was measured, with every sample, so that the machine's noise shows. */
export interface Row {
  readonly what: string;
  /** `count` is exact; everything else is the machine's and varies. */
  readonly unit: 'count' | 'ms' | 's' | 'MiB' | 'KiB' | 'a minute' | 'a second' | '%';
  /** Empty where this machine cannot tell. */
  readonly samples: readonly number[];
  /** The most that the design allows. Only a broken count fails the bench: a time says as much about the machine. */
  readonly most?: number;
  readonly note?: string;
}

/** Rows that belong together. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** Middle and edges of some samples. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of samples, or undefined where there are none. */
export function spreadOf(samples: readonly number[]): Spread | undefined {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) return undefined;
  return { median: (low + high) / 2, min, max };
}

/** How a row stands to what it may at most be: a count by its worst sample, a time by its median. */
export function verdict({ unit, samples, most }: Row): 'none' | 'kept' | 'over' | 'broken' {
  const spread = spreadOf(samples);
  if (spread === undefined || most === undefined) return 'none';
  if (unit === 'count') return spread.max <= most ? 'kept' : 'broken';
  return spread.median <= most ? 'kept' : 'over';
}
