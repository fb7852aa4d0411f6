import { z } from 'zod';
import { Duration } from './duration.ts';
import { BranchName, OptionalCommit, repositoryUrl, type Transports } from './git-names.ts';
import { ImageName, RegistryAddress, TagPrefix } from './image-names.ts';
import { RepositoryFilePath, RepositoryPath } from './repository-path.ts';

/** Where a component has its descriptor when nobody says otherwise, relative to the application. */
export const usualDescriptor = 'workload.yaml';

const emptyIsNull = (text: string): string | null => (text === '' ? null : text);
const OptionalName = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/, 'must be the name of a resource: small letters, digits, "-" and "."')
  .transform(emptyIsNull)
  .default(null);

const Flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** A list of short texts, written as JSON or with commas between. */
const TextList = z
  .string()
  .transform((text, context) => {
    const items = text.trimStart().startsWith('[') ? parseList(text) : text.split(',');
    if (items === undefined) context.addIssue('must be a list of texts, or texts with commas between');
    return (items ?? []).map((item) => item.trim()).filter((item) => item !== '');
  })
  .refine(
    (items) => items.every((item) => item.length <= 100 && !/\p{Cc}/u.test(item)),
    'must hold texts of at most 100 characters',
  )
  .refine((items) => items.length <= 50, 'must hold at most 50 texts')
  .transform((items) => [...new Set(items)]);

function parseList(text: string): string[] | undefined {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

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
    'git-repo': repositoryUrl(transports),
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
    'slipway-labels': TextList.default([]),
    'slipway-reviewers': TextList.default([]),
    'slipway-close-older': Flag.default(true),
    'slipway-allow-unreachable-commit': Flag.default(false),
    // Read where pushes are matched, not here.
    'slipway-watch-paths': z.string().optional(),
    'slipway-ignore-paths': z.string().optional(),
  };
}

/** What the flow that builds a Dockerfile reads besides. */
export const dockerArguments = {
  'docker-context': RepositoryPath.default('.'),
  'dockerfile-path': RepositoryFilePath.default('Dockerfile'),
};
