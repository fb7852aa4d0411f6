import { z } from 'zod';
import { engineNames } from '../../builds/engine-commands.ts';

/** What the step program reads from its folder. Holds no secret: the file stays as long as the log. */
export const StepRequest = z.object({
  id: z.object({ execution: z.string(), ordinal: z.int() }),
  source: z.object({ repository: z.string(), commit: z.string().regex(/^[0-9a-f]{40}$/), namespace: z.string() }),
  plan: z.object({ kind: z.literal('docker'), context: z.string(), dockerfile: z.string() }),
  image: z.object({ registry: z.string(), name: z.string(), tag: z.string() }),
  timeoutSeconds: z.number().positive(),
  noCache: z.boolean(),
  sourceDateEpoch: z.int(),
  engine: z.enum(engineNames),
  storageDriver: z.enum(['vfs', 'overlay']),
  sourceHttpHosts: z.array(z.string()),
  allowFileSources: z.boolean(),
  registryHttpHosts: z.array(z.string()),
  caFile: z.string().optional(),
});
export type StepRequest = z.infer<typeof StepRequest>;

/** What the step program reads from its standard input, and keeps in its own memory only. */
export const StepSecrets = z.object({
  /** Value of the Authorization header for the source repository. */
  sourceAuthorization: z.string().optional(),
  /** Text of a docker `config.json`. */
  registryAuth: z.string().optional(),
});
export type StepSecrets = z.infer<typeof StepSecrets>;
