import { posix } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { apiVersion } from '../kinds/fields.ts';
import { describeIssues } from '../kinds/issues.ts';
import { releaseConfigPath } from '../repository/entry.ts';
import type { Repository } from '../repository/repository.ts';
import { isManifestPath } from '../repository/scan.ts';
import { parseTyped } from '../yaml/read.ts';
import { fields, wordMap, words } from '../yaml/typed.ts';

const Directories = fields({
  defaultOutputDir: words,
  projects: z.preprocess(
    (value) => value ?? {},
    z.record(z.string(), fields({ defaultOutputDir: words, components: wordMap })),
  ),
});

const ReleaseConfig = fields({
  apiVersion: words.refine((value) => value === apiVersion, `must be ${apiVersion}`),
  kind: words.refine((value) => value === 'ReleaseConfig', 'must be ReleaseConfig'),
  componentReleaseDefaults: Directories,
  releaseBindingDefaults: Directories,
});

type Lookup = (project: string, component: string) => string;

/** Where releases and bindings of a component belong, as it is written; empty text where nothing is said. */
export interface OutputDirectories {
  readonly releases: Lookup;
  readonly bindings: Lookup;
}

/** Reads `release-config.yaml` of a GitOps repository, if there is one. Throws a `Failure` for one that does not fit. */
export function releaseConfig(repository: Repository): OutputDirectories {
  const entry = repository.find('ReleaseConfig', {}).at(-1);
  if (!entry) return { releases: () => '', bindings: () => '' };
  const result = ReleaseConfig.safeParse(parseTyped(repository.text(entry), entry.path, 'ManifestInvalid'));
  if (!result.success) {
    throw new Failure('ManifestInvalid', `failed to load ${entry.path}: ${describeIssues(result.error)}`);
  }
  const { componentReleaseDefaults, releaseBindingDefaults } = result.data;
  return { releases: lookup(componentReleaseDefaults), bindings: lookup(releaseBindingDefaults) };
}

/** A folder that `release-config.yaml` names, as a path in the repository. Throws `ManifestInvalid` for one where nothing is found again. */
export function insideRepository(directory: string): string {
  const path = posix.normalize(directory);
  const isInside = !posix.isAbsolute(path) && path !== '..' && !path.startsWith('../');
  if (isInside && isManifestPath(posix.join(path, 'x.yaml'))) return path;
  throw new Failure(
    'ManifestInvalid',
    `${releaseConfigPath}: a run cannot write to the folder "${directory}", which is outside of the repository or one that is not looked at; name another`,
  );
}

function lookup({ defaultOutputDir, projects }: z.infer<typeof Directories>): Lookup {
  return (project, component) => {
    const settings = Object.hasOwn(projects, project) ? projects[project] : undefined;
    const own = settings && Object.hasOwn(settings.components, component) ? settings.components[component] : '';
    return own || settings?.defaultOutputDir || defaultOutputDir;
  };
}
