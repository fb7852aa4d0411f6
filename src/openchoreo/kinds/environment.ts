import type { z } from 'zod';
import { anything, flag, mapping, resource } from './fields.ts';

/** A place that releases are deployed to. Generation never reads it: an environment is valid when the pipeline names it. */
export const Environment = resource(
  'Environment',
  mapping({ dataPlaneRef: anything, isProduction: flag.nullish(), gateway: anything }).nullish(),
);
export type Environment = z.infer<typeof Environment>;
