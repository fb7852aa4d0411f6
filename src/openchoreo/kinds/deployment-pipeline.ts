import type { z } from 'zod';
import { anything, list, mapping, resource } from './fields.ts';

/** Which environment promotes to which. Environments that are not named by text do not count; see `pipelineEnvironments`. */
export const DeploymentPipeline = resource(
  'DeploymentPipeline',
  mapping({
    promotionPaths: list(mapping({ sourceEnvironmentRef: anything, targetEnvironmentRefs: anything })).nullish(),
  }),
);
export type DeploymentPipeline = z.infer<typeof DeploymentPipeline>;
