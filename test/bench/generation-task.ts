import { z } from 'zod';

/** What the process that generates is told. */
export const GenerationTask = z.object({
  url: z.string(),
  authorization: z.string(),
  /** Of the bare repository behind the URL, which changes between two releases. */
  repository: z.string(),
  /** For the mirror. */
  folder: z.string(),
  components: z.number(),
  repeats: z.number(),
});
export type GenerationTask = z.infer<typeof GenerationTask>;

/** Milliseconds of one release. */
const ReleaseTime = z.object({
  /** Of the new base. */
  fetch: z.number(),
  /** What changed, and the release. */
  generate: z.number(),
  write: z.number(),
});

/** What it answers: the first release, and those after it, each on a base with one file changed. */
export const GenerationTimes = z.object({
  first: ReleaseTime,
  warm: z.array(ReleaseTime),
  /** After the last one, and at the highest. */
  residentMiB: z.number(),
  peakMiB: z.number(),
});
export type GenerationTimes = z.infer<typeof GenerationTimes>;
