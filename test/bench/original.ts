/** What the original tool, OpenChoreo's `occ` 0.16, took for the same: recorded once on such a machine, with other load on it. */
export const originalSeconds: ReadonlyMap<
  number,
  {
    readonly min: number;
    readonly median: number;
    readonly max: number;
    readonly cpu: number;
    readonly peakMiB: number;
  }
> = new Map([
  [10, { min: 0.42, median: 0.53, max: 0.65, cpu: 0.23, peakMiB: 47 }],
  [100, { min: 0.89, median: 1.33, max: 1.85, cpu: 0.98, peakMiB: 70 }],
  [1000, { min: 5.9, median: 8.7, max: 10.4, cpu: 9.4, peakMiB: 307 }],
  [5000, { min: 29.8, median: 35.7, max: 67.4, cpu: 47.7, peakMiB: 1335 }],
]);
