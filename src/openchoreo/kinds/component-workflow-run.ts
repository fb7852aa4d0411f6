import type { z } from 'zod';
import { ComponentOwner, filledText, freeMap, mapping, resource, text } from './fields.ts';

/** Where the source of a run is. An empty commit means the same as none: the branch's head. */
export const SourceRepository = mapping({
  url: filledText,
  secretRef: text.nullish(),
  revision: mapping({
    branch: filledText,
    commit: text.regex(/^([0-9a-fA-F]{7,40})?$/, 'must be 7 to 40 hexadecimal digits').nullish(),
  }),
  appPath: filledText,
});
export type SourceRepository = z.infer<typeof SourceRepository>;

/** One build-and-release of one component, as users write it. */
export const ComponentWorkflowRun = resource(
  'ComponentWorkflowRun',
  mapping({
    owner: ComponentOwner,
    workflow: mapping({
      name: filledText,
      systemParameters: mapping({ repository: SourceRepository }),
      parameters: freeMap.nullish(),
    }),
    ttlAfterCompletion: text.nullish(),
  }),
);
export type ComponentWorkflowRun = z.infer<typeof ComponentWorkflowRun>;
