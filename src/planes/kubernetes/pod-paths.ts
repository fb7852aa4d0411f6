import { phasePaths } from '../../builds/buildpacks/phases.ts';

/** Environment variable of a build's containers that holds the `StepRequest` as JSON. */
export const requestVariable = 'SLIPWAY_STEP_REQUEST';

/** Where the builder image has the step programs. */
export const program = '/opt/slipway/job-step.js';

/** Where a build's containers find things. Only `work`, the application's folder and `/tmp` can be written. */
export const podPaths = {
  /** The build's folder, a volume that all containers share. */
  work: '/work',
  /** The application, for builds by buildpacks. */
  application: phasePaths.workspace,
  /** How the clone is let in at the source, see `sourceAuthorization`; where it is private. */
  sourceAuthorization: '/run/secrets/slipway/source/authorization',
  /** A docker `config.json`; where the registry wants a credential. */
  registryCredential: '/run/secrets/slipway/registry/config.json',
  /** Further certificate authorities; where there are some. */
  authorities: '/run/slipway/ca/ca.crt',
  terminationLog: '/dev/termination-log',
} as const;
