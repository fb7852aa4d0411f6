import { posix } from 'node:path';
import { Failure } from '../../failures.ts';
import { ReleaseBinding } from '../kinds/release-binding.ts';
import { type Entry, releaseConfigPath } from '../repository/entry.ts';
import { checked, type Manifest, type Repository } from '../repository/repository.ts';
import { describeWarnings, type Warn, type Warning } from '../warning.ts';
import { setText } from '../yaml/edit.ts';
import { writeYaml } from '../yaml/write.ts';
import { warnOfOthers, warnOfShadowed } from './choose-one.ts';
import { newRelease, releaseSpec } from './component-release.ts';
import { warnOfDropped } from './dropped.ts';
import { findComponent } from './find-parts.ts';
import { findPipeline } from './find-pipeline.ts';
import { directoryFor } from './place.ts';
import { bindingName, newBinding } from './release-binding.ts';
import { releaseConfig } from './release-config.ts';
import { releaseName } from './release-name.ts';
import { imageOf, releaseWorkload } from './release-workload.ts';
import { unplacedOf } from './unplaced-of.ts';

/** All that a release is a function of, beside the repository. */
export interface ReleaseRequest {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  /** Null: the pipeline's root environment. */
  readonly environment: string | null;
  /** Null: the Project's pipeline. */
  readonly pipeline: string | null;
  /** `registry/name:tag@sha256:…` */
  readonly image: string;
  /** Full SHA of the source commit. */
  readonly commit: string;
  /** URL of the source repository, without credentials. */
  readonly repository: string;
  /** `<namespace>/<name>` of the run. */
  readonly run: string;
  readonly descriptor: DescriptorText | null;
}

/** A descriptor and the files that it names; paths are relative to the source repository. */
export interface DescriptorText {
  readonly path: string;
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
}

/** What a release changes in the GitOps repository. */
export interface GeneratedRelease {
  /** Whole new texts of the files that change, by path; empty when the repository holds the release already. */
  readonly files: ReadonlyMap<string, string>;
  readonly workload: { readonly name: string; readonly path: string };
  readonly release: { readonly name: string; readonly path: string; readonly reused: boolean };
  readonly binding: { readonly name: string; readonly path: string; readonly environment: string };
  readonly pipeline: string;
  readonly before: { readonly image: string | null; readonly release: string | null };
  /** What the descriptor takes out of an existing Workload, in words. */
  readonly removed: readonly string[];
  /** Files whose content decided the result. */
  readonly readPaths: readonly string[];
  /** Each with file and line. */
  readonly warnings: readonly string[];
}

/** A run's warnings stand in a workflow's history and a pull request. */
const maximumWarnings = 30;

/**
 * Workload, ComponentRelease and ReleaseBinding of a component at a commit. The same arguments give the same texts.
 * Throws `ManifestInvalid`, `DescriptorInvalid` or `ReleaseConflict`, each with file, field and what to do.
 */
export function generateRelease(repository: Repository, request: ReleaseRequest): GeneratedRelease {
  const readPaths = new Set<string>();
  const warnings: Warning[] = [];
  const warn: Warn = (warning) => warnings.push(warning);
  const watched: Repository = {
    ...repository,
    read: (entry) => {
      readPaths.add(entry.path);
      const manifest = repository.read(entry);
      warnings.push(...manifest.warnings);
      return manifest;
    },
  };
  requireName('component', request.component);
  const { project, component } = request;
  const directories = releaseConfig(watched);
  // One that appears meanwhile decides, too.
  readPaths.add(releaseConfigPath);

  const parts = findComponent(watched, request, warn);
  const { entry } = parts;
  const workload = releaseWorkload(watched, request, parts, warn);
  const { pipeline, environment } = chooseEnvironment(watched, request, warn);
  const existing = findBinding(watched, request, environment, warn);
  const bound = existing?.value.spec.releaseName ?? null;

  const spec = releaseSpec(parts, workload.value);
  warnOfDropped(parts, workload.manifest, spec, warn);
  const image = imageOf(workload.value, parts.dialect) ?? request.image;
  const release = releaseName(
    watched,
    request,
    { spec, image, bound, component: entry, directory: directories.releases(project, component) },
    warn,
  );

  const files = new Map<string, string>();
  if (workload.text !== null) files.set(workload.path, workload.text);
  // The binding may stand in the same file as the Workload: then both changes go into one text.
  const text = files.get(existing?.manifest.entry.path ?? '') ?? existing?.manifest.text ?? '';
  const binding = releaseBinding(
    watched,
    request,
    {
      environment,
      release: release.name,
      existing,
      text,
      component: entry,
      directory: directories.bindings(project, component),
    },
    warn,
  );
  if (!release.reused)
    files.set(release.path, writeYaml(newRelease(release.name, request.namespace, spec, annotations(request))));
  if (binding.text !== null) files.set(binding.path, binding.text);
  return {
    files,
    workload: { name: workload.value.metadata.name, path: workload.path },
    release,
    binding: { name: binding.name, path: binding.path, environment },
    pipeline,
    before: { image: workload.imageBefore, release: bound },
    removed: workload.removed,
    readPaths: [...readPaths].sort(),
    warnings: describeWarnings([...warnings, ...unplacedOf(repository, request, readPaths)], maximumWarnings),
  };
}

function annotations({ commit, repository, run }: ReleaseRequest) {
  return { 'slipway.dev/source-commit': commit, 'slipway.dev/source-repository': repository, 'slipway.dev/run': run };
}

function chooseEnvironment(repository: Repository, request: ReleaseRequest, warn: Warn) {
  const { name, place, environments } = findPipeline(repository, request, request.pipeline, warn);
  const environment = request.environment ?? environments.root;
  if (!environments.known.has(environment)) {
    const known = [...environments.known].join(', ');
    throw new Failure(
      'ManifestInvalid',
      `${place}: environment ${environment} is not in DeploymentPipeline ${name}, which has ${known}; correct the run or spec.promotionPaths`,
    );
  }
  requireName('environment', environment);
  return { pipeline: name, environment };
}

interface ExistingBinding {
  readonly manifest: Manifest;
  readonly value: ReleaseBinding;
}

function findBinding(
  repository: Repository,
  { project, component }: ReleaseRequest,
  environment: string,
  warn: Warn,
): ExistingBinding | undefined {
  warnOfShadowed(repository, 'ReleaseBinding', { project, component }, warn);
  const found = repository
    .find('ReleaseBinding', { project, component })
    .map((entry) => repository.read(entry))
    .map((manifest) => ({ manifest, value: checked(ReleaseBinding, manifest) }))
    .filter(({ value }) => value.spec.environment === environment);
  const chosen = found.at(-1);
  const others = found.slice(0, -1).map(({ manifest }) => manifest.entry);
  if (chosen) warnOfOthers(repository, chosen.manifest.entry, others, warn);
  return chosen;
}

interface BindingChoice {
  readonly environment: string;
  readonly release: string;
  readonly existing: ExistingBinding | undefined;
  /** Text of the existing binding's file as it will be. */
  readonly text: string;
  readonly component: Entry;
  /** What `release-config.yaml` says. */
  readonly directory: string;
}

function releaseBinding(
  repository: Repository,
  request: ReleaseRequest,
  { environment, release, existing, text, component, directory }: BindingChoice,
  warn: Warn,
) {
  if (existing) {
    const { entry } = existing.manifest;
    const { text: changed, lost } = setText(text, entry.document, ['spec', 'releaseName'], release);
    if (lost !== undefined) warn({ ...repository.where(entry), text: lost });
    return { name: entry.name, path: entry.path, text: changed === text ? null : changed };
  }
  const others = repository.find('ReleaseBinding', { project: request.project, component: request.component });
  const name = bindingName(request.component, environment);
  const path = posix.join(directoryFor(directory, others, component, 'release-bindings'), `${name}.yaml`);
  if (repository.exists(path)) {
    throw new Failure(
      'ReleaseConflict',
      `${path}: the ReleaseBinding of ${request.component} in ${environment} belongs here, but the file holds something else; move that`,
    );
  }
  return { name, path, text: writeYaml(newBinding({ ...request, environment, release })) };
}

/** Names become file names, so nothing but what Kubernetes allows may be in them. */
function requireName(what: string, name: string): void {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && !name.includes('..') && name.length <= 253) return;
  throw new Failure('ManifestInvalid', `"${name}" is no ${what} name; use lower-case letters, digits, "-" and "."`);
}
