/** The steps of a build in their order: each holds at most one credential (source, none, registry). */
export const buildSteps = ['clone', 'build', 'push'] as const;

export type BuildStep = (typeof buildSteps)[number];

/** What a step program's exit code means, on every plane. Zero is success; other codes mean that the step itself broke. */
export const exitCodes = {
  clone: { notFound: 30, denied: 31, network: 39 },
  build: { failed: 10, noDockerfile: 11, noPackageManager: 12, infrastructure: 90 },
  push: { unauthenticated: 40, denied: 41, network: 49 },
} as const;
