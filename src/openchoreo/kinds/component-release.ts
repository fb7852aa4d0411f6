import type { z } from 'zod';
import { anything, ComponentOwner, mapping, resource } from './fields.ts';

/** An immutable snapshot of everything that a component's deployment is made from. Its parts are compared, never interpreted. */
export const ComponentRelease = resource(
  'ComponentRelease',
  mapping({
    owner: ComponentOwner,
    componentType: anything,
    workload: anything,
    componentProfile: anything,
    traits: anything,
  }),
);
export type ComponentRelease = z.infer<typeof ComponentRelease>;
