import { z } from 'zod';

/** What the process that generates is told. */
export const GenerationTask = z.object({
  url: z.string(),
  authorization: z.string(),
  /** For the mirror. */
  folder: z.string(),
  components: z.number(),
  repeats: z.number(),
  registry: z.string(),
});
export type GenerationTask = z.infer<typeof GenerationTask>;

const Samples = z.object({ ms: z.array(z.number()), cpuMs: z.array(z.number()) });
export type Samples = z.infer<typeof Samples>;

/** What it answers: by the mirror for the first time, by the mirror again, and from memory. */
export const GenerationTimes = z.object({
  first: Samples,
  again: Samples,
  /** Most memory up to here. */
  peakMiB: z.number(),
  memory: Samples,
});
export type GenerationTimes = z.infer<typeof GenerationTimes>;
