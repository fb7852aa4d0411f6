import { z } from 'zod';
import { phases } from './buildpacks/phases.ts';
import { buildSteps } from './exit-codes.ts';

/** `sha256:` and 64 hex. */
export const ImageDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a sha256 digest');

/** How the step programs ended, as they leave it behind: `result.json` of a local build, termination message of a Job. */
export const BuildEnd = z.discriminatedUnion('kind', [
  z.object({ v: z.literal(1), kind: z.literal('pushed'), digest: ImageDigest }),
  z.object({
    v: z.literal(1),
    kind: z.literal('stopped'),
    /** A phase where buildpacks build, whose exit codes are the lifecycle's. */
    step: z.enum([...buildSteps, ...phases]),
    exitCode: z.int(),
    /** The deadline passed: then the exit code says nothing. */
    timedOut: z.boolean(),
    /** The kernel is known to have killed a process of this build for want of memory. */
    outOfMemory: z.boolean(),
    /** The build was ended because it used more disk than it may. */
    outOfDisk: z.boolean().default(false),
  }),
]);
export type BuildEnd = z.infer<typeof BuildEnd>;
