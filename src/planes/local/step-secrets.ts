import { z } from 'zod';

/** What the leader of a local build reads from its standard input, and keeps in its own memory only. */
export const StepSecrets = z.object({
  /** How the source repository lets the clone in. */
  sourceAuthorization: z.string().optional(),
  /** Text of a docker `config.json`. */
  registryAuth: z.string().optional(),
  /** The same for pulling the images of a build by buildpacks. */
  pullAuth: z.string().optional(),
});
export type StepSecrets = z.infer<typeof StepSecrets>;
