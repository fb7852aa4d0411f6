import { z } from 'zod';

/** What is built, by which kind of build. Paths are relative to the repository's root, which itself is `.`. */
export const BuildPlan = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('docker'), context: z.string(), dockerfile: z.string() }),
  z.object({
    kind: z.literal('react'),
    app: z.string(),
    nodeVersion: z.string(),
    /** A command line for `sh`, run inside the build only. */
    buildCommand: z.string(),
    /** Relative to the application. */
    outputDir: z.string(),
    nodeImage: z.string(),
    nginxImage: z.string(),
    /** URL of the package registry; null: the one that package managers know. */
    npmRegistry: z.string().nullable(),
    /** On which the image serves; `cloneSource` reads it from the descriptor. */
    port: z.int(),
  }),
  z.object({
    kind: z.literal('buildpacks'),
    app: z.string(),
    builderImage: z.string(),
    env: z.array(z.object({ name: z.string(), value: z.string() }).readonly()).readonly(),
    /** Which files of the application are built, by patterns of `.gitignore`; null: all. `cloneSource` reads it and the group. */
    files: z
      .object({ mode: z.enum(['include', 'exclude']), patterns: z.array(z.string()).readonly() })
      .readonly()
      .nullable(),
    /** Buildpacks instead of the builder's own order; empty: the builder's. */
    group: z.array(z.object({ id: z.string(), version: z.string().optional() }).readonly()).readonly(),
  }),
]);
export type BuildPlan = Readonly<z.infer<typeof BuildPlan>>;
export type BuildKind = BuildPlan['kind'];
