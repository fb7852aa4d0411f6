import { z } from 'zod';
import type { BuildKind, BuildPlan } from '../builds/build-plan.ts';
import { usualPort } from '../builds/react/endpoint-port.ts';
import { EnvironmentList } from './environment-list.ts';
import { ImageReference } from './image-names.ts';
import { RepositoryFilePath, RepositoryPath } from './repository-path.ts';

/** What the operator decided for builds. */
export interface BuildDefaults {
  readonly frontend: FrontendDefaults;
}

export interface FrontendDefaults {
  readonly images: FrontendImages;
  /** URL; null: the package managers' own. */
  readonly npmRegistry: string | null;
}

const nodeVersions = ['16', '18', '20', '22', '24'] as const;
type NodeVersion = (typeof nodeVersions)[number];

/** Image of Node by its version, and of nginx. */
export type FrontendImages = Readonly<Record<`node-${NodeVersion}` | 'nginx', string>>;

/** The official images by their tag, for operators who name none by digest. */
export const officialImages: FrontendImages = {
  'node-16': 'docker.io/library/node:16-alpine',
  'node-18': 'docker.io/library/node:18-alpine',
  'node-20': 'docker.io/library/node:20-alpine',
  'node-22': 'docker.io/library/node:22-alpine',
  'node-24': 'docker.io/library/node:24-alpine',
  nginx: 'docker.io/library/nginx:alpine',
};

/** The image of the buildpacks' lifecycle, for operators who name none by digest. */
export const officialLifecycle = 'docker.io/buildpacksio/lifecycle:0.20.11';

const usualDefaults: BuildDefaults = { frontend: { images: officialImages, npmRegistry: null } };

/** What a kind of build reads of a run template besides the arguments that all read. */
export interface BuildArguments {
  readonly names: readonly string[];
  /** The build of an application in that folder of the repository, or what does not fit. */
  read(
    values: unknown,
    appPath: string,
    defaults?: BuildDefaults,
  ): { readonly plan?: BuildPlan | undefined; readonly error?: z.ZodError | undefined };
}

function readBy<Shape extends z.ZodRawShape>(
  shape: Shape,
  toPlan: (given: z.infer<z.ZodObject<Shape>>, app: string, defaults: BuildDefaults) => BuildPlan,
): BuildArguments {
  const schema = z.object(shape);
  return {
    names: Object.keys(shape),
    read: (values, appPath, defaults = usualDefaults) => {
      const { data, error } = schema.safeParse(values);
      return data === undefined ? { error } : { plan: toPlan(data, appPath, defaults) };
    },
  };
}

/** URL of a package registry. Without a password: it is readable in the plan and in the image's history. */
export const NpmRegistry = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must not hold a user or password');

const CommandLine = z
  .string()
  .refine((text) => text.trim() !== '', 'must be a command')
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
      'node-version': z.enum(nodeVersions, 'must be 16, 18, 20, 22 or 24').default('18'),
      'build-command': CommandLine.default('npm run build'),
      'output-dir': RepositoryPath.refine((path) => path !== '.', 'must be a folder inside the application').default(
        'build',
      ),
      'slipway-npm-registry': NpmRegistry.optional(),
    },
    (given, app, { frontend }) => ({
      kind: 'react',
      app,
      nodeVersion: given['node-version'],
      buildCommand: given['build-command'],
      outputDir: given['output-dir'],
      nodeImage: frontend.images[`node-${given['node-version']}`],
      nginxImage: frontend.images.nginx,
      npmRegistry: given['slipway-npm-registry'] ?? frontend.npmRegistry,
      port: usualPort,
    }),
  ),
  buildpacks: readBy(
    {
      'builder-image': ImageReference.default('gcr.io/buildpacks/builder:v1'),
      'build-env': EnvironmentList.default([]),
    },
    (given, app) => ({
      kind: 'buildpacks',
      app,
      builderImage: given['builder-image'],
      env: given['build-env'],
      files: null,
      group: [],
    }),
  ),
};
