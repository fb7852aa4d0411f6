import { z } from 'zod';
import type { BuildKind, BuildPlan } from '../builds/build-plan.ts';
import { EnvironmentList } from './environment-list.ts';
import { ImageReference } from './image-names.ts';
import { RepositoryFilePath, RepositoryPath } from './repository-path.ts';

/** What a kind of build reads of a run template besides the arguments that all read. */
export interface BuildArguments {
  readonly names: readonly string[];
  /** The build of an application in that folder of the repository, or what does not fit. */
  read(
    values: unknown,
    appPath: string,
  ): { readonly plan?: BuildPlan | undefined; readonly error?: z.ZodError | undefined };
}

function readBy<Shape extends z.ZodRawShape>(
  shape: Shape,
  toPlan: (given: z.infer<z.ZodObject<Shape>>, app: string) => BuildPlan,
): BuildArguments {
  const schema = z.object(shape);
  return {
    names: Object.keys(shape),
    read: (values, appPath) => {
      const { data, error } = schema.safeParse(values);
      return data === undefined ? { error } : { plan: toPlan(data, appPath) };
    },
  };
}

const CommandLine = z
  .string()
  .trim()
  .min(1, 'must be a command')
  .max(10_000, 'is too long for a command')
  .refine((text) => !text.includes('\0'), 'must not hold a zero byte');

/** The builds by their kind. */
export const buildArguments: Readonly<Record<BuildKind, BuildArguments>> = {
  docker: readBy(
    {
      'docker-context': RepositoryPath.default('.'),
      'dockerfile-path': RepositoryFilePath.default('Dockerfile'),
    },
    (given) => ({ kind: 'docker', context: given['docker-context'], dockerfile: given['dockerfile-path'] }),
  ),
  react: readBy(
    {
      'node-version': z.enum(['16', '18', '20', '22', '24'], 'must be 16, 18, 20, 22 or 24').default('18'),
      'build-command': CommandLine.default('npm run build'),
      'output-dir': RepositoryPath.refine((path) => path !== '.', 'must be a folder inside the application').default(
        'build',
      ),
    },
    (given, app) => ({
      kind: 'react',
      app,
      nodeVersion: given['node-version'],
      buildCommand: given['build-command'],
      outputDir: given['output-dir'],
    }),
  ),
  buildpacks: readBy(
    {
      'builder-image': ImageReference.default('gcr.io/buildpacks/builder:v1'),
      'build-env': EnvironmentList.default([]),
    },
    (given, app) => ({ kind: 'buildpacks', app, builderImage: given['builder-image'], env: given['build-env'] }),
  ),
};
