import { posix } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { Failure } from '../../failures.ts';

/** What a repository's `project.toml` asks of its build. The lifecycle reads no line of it: that is the platform's part. */
export interface ProjectDescriptor {
  /** Which files the build gets; null: all. Patterns are those of `.gitignore`. */
  readonly files: { readonly mode: 'include' | 'exclude'; readonly patterns: readonly string[] } | null;
  /** Build variables. Those of the run count more. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** Buildpacks instead of the builder's own order; empty: the builder's. Without a version: the builder's. */
  readonly group: readonly { readonly id: string; readonly version?: string | undefined }[];
  /** What is said there without effect. */
  readonly warnings: readonly string[];
}

const Patterns = z.array(z.string()).optional();
const Variables = z
  .array(
    z.object({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'), value: z.string() }),
  )
  .default([]);
const Group = z
  .array(
    z.looseObject({ id: z.string().optional(), version: z.string().optional() }).transform((entry, context) => {
      if ('uri' in entry || 'script' in entry) {
        context.addIssue('must be a buildpack of the builder image (id): none is fetched, and no script is run');
      } else if (entry.id === undefined) context.addIssue('must have an id');
      return { id: entry.id ?? '', version: entry.version };
    }),
  )
  .optional();

const Build = z.object({
  builder: z.string().optional(),
  include: Patterns,
  exclude: Patterns,
  buildpacks: Group,
  env: Variables,
});

const Descriptor = z.object({
  _: z.object({ 'schema-version': z.enum(['0.1', '0.2']).optional() }).optional(),
  /** Where schema 0.1 has what is below `io.buildpacks` since. */
  build: Build.optional(),
  io: z
    .object({
      buildpacks: z
        .object({
          builder: z.string().optional(),
          include: Patterns,
          exclude: Patterns,
          group: Group,
          /** What `pack` still reads of older files. */
          env: z.object({ build: Variables }).optional(),
          build: Build.optional(),
          pre: z.unknown().optional(),
          post: z.unknown().optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Where an application has its `project.toml`. */
export const projectDescriptorPath = (app: string): string => posix.join(app, 'project.toml');

/**
 * Reads a `project.toml` of schema 0.1 or 0.2; the specification and `pack` have include, exclude and the buildpacks at different
 * places, and both are read. Throws `DescriptorInvalid` with every field that does not fit; `file` is its name for the message.
 */
export function readProjectDescriptor(text: string, file: string): ProjectDescriptor {
  const { data, error } = Descriptor.safeParse(parseToml(text, file));
  if (error !== undefined) {
    const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw invalid(file, faults.join('; '));
  }
  const outer = data.io?.buildpacks;
  const inner = data._?.['schema-version'] === '0.2' ? undefined : data.build;
  const build = outer?.build ?? inner;
  const include = outer?.include ?? build?.include;
  const exclude = outer?.exclude ?? build?.exclude;
  if (include !== undefined && exclude !== undefined) {
    throw invalid(file, 'include and exclude cannot both be given; keep the one that is shorter');
  }
  return {
    files: chosenFiles(include, exclude),
    env: [...(outer?.env?.build ?? []), ...(build?.env ?? [])],
    group: outer?.group ?? build?.buildpacks ?? [],
    warnings: [
      ...((outer?.builder ?? build?.builder) === undefined
        ? []
        : [`${file}: builder has no effect; the ComponentWorkflow's parameter builder-image decides`]),
      ...(outer?.pre === undefined && outer?.post === undefined ? [] : [`${file}: pre and post have no effect`]),
    ],
  };
}

function chosenFiles(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): ProjectDescriptor['files'] {
  if (include !== undefined) return { mode: 'include', patterns: include };
  return exclude === undefined ? null : { mode: 'exclude', patterns: exclude };
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The rest of the message quotes the file.
    throw invalid(file, `line ${error.line}, column ${error.column}: not TOML`);
  }
}

function invalid(file: string, what: string): Failure {
  return new Failure('DescriptorInvalid', `${file} cannot be used for the build: ${what}.`);
}
