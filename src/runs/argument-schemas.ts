import { z } from 'zod';
import type { BuildKind } from '../builds/build-plan.ts';
import { buildArguments } from './build-arguments.ts';
import { Duration } from './duration.ts';
import { BranchName, OptionalCommit, repositoryUrl, type Transports } from './git-names.ts';
import { ImageName, RegistryAddress, TagPrefix } from './image-names.ts';
import { jobArguments } from './job-arguments.ts';
import { RepositoryFilePath, RepositoryPath } from './repository-path.ts';
import { TextList } from './text-list.ts';

/** Where a component has its descriptor when nobody says otherwise, relative to the application. */
export const usualDescriptor = 'workload.yaml';

const emptyIsNull = (text: string): string | null => (text === '' ? null : text);
const OptionalName = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/, 'must be the name of a resource: small letters, digits, "-" and "."')
  .transform(emptyIsNull)
  .default(null);

const Flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** Files, folders or patterns with `*` and `?`, relative to the repository. */
const PathList = TextList.pipe(z.array(RepositoryPath));

/** Whom a run is for; the arguments must say the same where they say it. */
interface Owner {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
}

/** The arguments that every flow reads, by their name in the run template. */
export function commonArguments({ namespace, project, component }: Owner, transports: Transports) {
  return {
    'component-name': z.literal(component, `must be the run's component, "${component}"`).optional(),
    'project-name': z.literal(project, `must be the run's project, "${project}"`).optional(),
    'namespace-name': z.literal(namespace, `must be the run's namespace, "${namespace}"`).optional(),
    'git-repo': repositoryUrl({ ...transports, ssh: true }),
    branch: BranchName,
    commit: OptionalCommit.default(null),
    'app-path': RepositoryPath.default('.'),
    'workload-descriptor-path': RepositoryFilePath.default(usualDescriptor),
    'registry-url': RegistryAddress,
    'image-name': ImageName,
    'image-tag': TagPrefix,
    // Pull requests need a code host.
    'gitops-repo-url': repositoryUrl({ ...transports, allowFile: false }),
    'gitops-branch': BranchName.default('main'),
    'gitops-target-environment': OptionalName,
    'gitops-deployment-pipeline': OptionalName,
    'source-git-secret': z.string().optional(),
    'gitops-git-secret': z.string().optional(),
    'build-timeout': Duration.default(30 * 60),
    ...jobArguments,
    'slipway-labels': TextList.default([]),
    'slipway-reviewers': TextList.default([]),
    'slipway-cache': Flag.default(true),
    'slipway-close-older': Flag.default(true),
    'slipway-allow-unreachable-commit': Flag.default(false),
    // Of use where pushes are matched.
    'slipway-watch-paths': PathList.default([]),
    'slipway-ignore-paths': PathList.default([]),
  };
}

const commonNames = Object.keys(commonArguments({ namespace: '', project: '', component: '' }, { httpHosts: [] }));

/** True for an argument that flows with that kind of build read. */
export function isRead(name: string, kind: BuildKind): boolean {
  return commonNames.includes(name) || buildArguments[kind].names.includes(name);
}
