import { z } from 'zod';
import { filledText, mapping, resource, text } from './fields.ts';

/** A group of components that are promoted through the same pipeline. */
export const Project = resource(
  'Project',
  mapping({
    /** An object is a later dialect; text is v0.15 and v0.16. */
    deploymentPipelineRef: z
      .union(
        [z.string(), mapping({ kind: text.nullish(), name: filledText })],
        'must be the name of a DeploymentPipeline',
      )
      .nullish(),
  }),
);
export type Project = z.infer<typeof Project>;
