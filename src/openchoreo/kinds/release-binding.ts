import type { z } from 'zod';
import { ComponentOwner, filledText, mapping, resource, text } from './fields.ts';

/** Says which release of a component runs in an environment, and what is different there. */
export const ReleaseBinding = resource(
  'ReleaseBinding',
  mapping({ owner: ComponentOwner, environment: filledText, releaseName: text.nullish(), state: text.nullish() }),
);
export type ReleaseBinding = z.infer<typeof ReleaseBinding>;
