import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failures.ts';
import { apiVersion } from '../openchoreo/kinds/fields.ts';
import { describeIssues } from '../openchoreo/kinds/issues.ts';
import { parseTyped } from '../openchoreo/yaml/read.ts';
import { fields, wordMap, words } from '../openchoreo/yaml/typed.ts';

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

/** Where releases and bindings of a component belong; empty text where nothing is said. */
export interface OutputDirectories {
  readonly releases: Lookup;
  readonly bindings: Lookup;
}

/** Reads `release-config.yaml` of a GitOps repository, if there is one. Throws a `Failure` for one that does not fit. */
export function readReleaseConfig(root: string): OutputDirectories {
  const file = join(root, 'release-config.yaml');
  if (!existsSync(file)) return { releases: () => '', bindings: () => '' };
  const result = ReleaseConfig.safeParse(
    parseTyped(readFileSync(file, 'utf8'), 'release-config.yaml', 'ManifestInvalid'),
  );
  if (!result.success) {
    throw new Failure('ManifestInvalid', `failed to load release-config.yaml: ${describeIssues(result.error)}`);
  }
  const { componentReleaseDefaults, releaseBindingDefaults } = result.data;
  return { releases: lookup(componentReleaseDefaults), bindings: lookup(releaseBindingDefaults) };
}

function lookup({ defaultOutputDir, projects }: z.infer<typeof Directories>): Lookup {
  return (project, component) => {
    const settings = Object.hasOwn(projects, project) ? projects[project] : undefined;
    const own = settings && Object.hasOwn(settings.components, component) ? settings.components[component] : '';
    return own || settings?.defaultOutputDir || defaultOutputDir;
  };
}
