import type { z } from 'zod';
import { ComponentOwner, filledText, freeMap, mapping, resource, text, ttl } from './fields.ts';

/** Where the source of a run is. An empty commit means the same as none: the branch's head. */
export const SourceRepository = mapping({
  url: filledText.describe('Repository to build from.'),
  secretRef: text.nullish().describe('Secret with the credential for the repository.'),
  revision: mapping({
    branch: filledText.describe('Branch to build; a commit must be reachable from it.'),
    commit: text
      .regex(/^([0-9a-fA-F]{7,40})?$/, 'must be 7 to 40 hexadecimal digits')
      .nullish()
      .describe('Commit to build; empty for the newest of the branch.'),
  }),
  appPath: filledText.describe("The application's folder in the repository."),
});
export type SourceRepository = z.infer<typeof SourceRepository>;

/** One build-and-release of one component, as users write it. */
export const ComponentWorkflowRun = resource(
  'ComponentWorkflowRun',
  mapping({
    owner: ComponentOwner.describe('The component that is built and released.'),
    workflow: mapping({
      name: filledText.describe('ComponentWorkflow of the same namespace.'),
      systemParameters: mapping({ repository: SourceRepository }).describe('Where the source is.'),
      parameters: freeMap.nullish().describe('Parameters that the ComponentWorkflow declares.'),
    }).describe('How it is built.'),
    ttlAfterCompletion: ttl.nullish().describe('How long the run stays after its end, such as 1d12h.'),
  }),
);
export type ComponentWorkflowRun = z.infer<typeof ComponentWorkflowRun>;
