import { z } from 'zod';

/** The API server's own words on why it refused. */
export const KubeStatus = z.object({ message: z.string().default(''), reason: z.string().default('') });
export type KubeStatus = z.infer<typeof KubeStatus>;
