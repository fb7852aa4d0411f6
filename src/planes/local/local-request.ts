import type { z } from 'zod';
import { StepRequest } from '../steps/step-request.ts';
import { LocalPhases } from './phases/local-phases.ts';

/** What the leader of a local build is asked for. Holds no secret: it stays as long as the log. */
export const LocalRequest = StepRequest.extend({
  /** For builds by buildpacks. */
  phases: LocalPhases.optional(),
});
export type LocalRequest = z.infer<typeof LocalRequest>;
