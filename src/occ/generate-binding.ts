import { join, resolve } from 'node:path';
import { Failure } from '../failures.ts';
import { warnOfOthers, warnOfShadowed } from '../openchoreo/generate/choose-one.ts';
import { type Dialect, dialectOf } from '../openchoreo/generate/dialect.ts';
import { olderSpec } from '../openchoreo/generate/older-spec.ts';
import { bindingName, newBinding, type PipelineEnvironments } from '../openchoreo/generate/release-binding.ts';
import type { OutputDirectories } from '../openchoreo/generate/release-config.ts';
import type { ReleaseOwner } from '../openchoreo/repository/entries-for-release.ts';
import type { Entry } from '../openchoreo/repository/entry.ts';
import type { Manifest, Repository } from '../openchoreo/repository/repository.ts';
import type { Warn } from '../openchoreo/warning.ts';
import { isMapping } from '../openchoreo/yaml/compose.ts';
import { splitDocuments } from '../openchoreo/yaml/documents.ts';
import { type Edited, setText } from '../openchoreo/yaml/edit.ts';
import { writeYaml } from '../openchoreo/yaml/write.ts';
import { type Change, changeOf } from './change.ts';
import { currentSpec } from './generate-release.ts';
import { defaultDirectory, resolvedDirectory } from './output-directory.ts';
import { requireSafeName } from './scope.ts';
import type { Tree } from './tree.ts';

/** Which release of a component is bound where. */
export interface BindingRequest extends ReleaseOwner {
  readonly environment: string;
  readonly environments: PipelineEnvironments;
  /** Name of the release; empty: the root's latest, else what the environment before has. */
  readonly release: string;
  /** From the root; empty where it is not given. */
  readonly outputPath: string;
  readonly config: OutputDirectories;
  readonly dialect: Dialect | undefined;
}

/** A binding as it is to be written. */
export interface Binding {
  readonly name: string;
  readonly release: string;
  readonly isNew: boolean;
  readonly manifest: string;
  readonly change: Change;
}

/** The binding of a component in an environment: the existing one in its own document, else a new one. Throws a `Failure`. */
export function generateBinding(tree: Tree, request: BindingRequest, warn: Warn): Binding {
  const { component, environment } = request;
  const dialect = request.dialect ?? dialectOf(tree.repository, request);
  const release = chooseRelease(tree, request, dialect, warn);
  const existing = bindingIn(tree, request, environment, warn);
  if (existing) {
    const { entry, text } = existing;
    const { text: changed, lost } = withRelease(existing, release);
    if (lost !== undefined) warn({ ...tree.repository.where(entry), text: lost });
    const range = splitDocuments(changed)[entry.document];
    return {
      name: entry.name,
      release,
      isNew: false,
      manifest: range ? changed.slice(range.start, range.end) : changed,
      change: { path: join(tree.root, entry.path), text: changed, before: text },
    };
  }
  requireSafeName('component', component);
  requireSafeName('environment', environment);
  const name = bindingName(component, environment);
  const manifest = writeYaml(newBinding({ ...request, release }));
  const change = changeOf(join(bindingDirectory(tree, request, dialect), `${name}.yaml`), manifest);
  if (change.before !== null && change.before !== manifest) {
    throw new Failure(
      'ReleaseConflict',
      `${change.path}: the ReleaseBinding of ${component} in ${environment} belongs here, but the file holds something else; move that`,
    );
  }
  return { name, release, isNew: true, manifest, change };
}

function withRelease({ entry, place, text }: Manifest, release: string): Edited {
  try {
    return setText(text, entry.document, ['spec', 'releaseName'], release);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('ManifestInvalid', `${place}: failed to parse existing binding: ${reason}`);
  }
}

function bindingDirectory(tree: Tree, request: BindingRequest, dialect: Dialect): string {
  const { project, component, outputPath, config } = request;
  const said = outputPath || config.bindings(project, component);
  if (said !== '') return resolve(tree.root, said);
  const resolved = resolvedDirectory(tree, request, 'release-bindings', dialect);
  return resolved ?? defaultDirectory(tree, request, 'release-bindings');
}

function chooseRelease(tree: Tree, request: BindingRequest, dialect: Dialect, warn: Warn): string {
  const { project, component, environment, environments, release } = request;
  const own = tree.repository.find('ComponentRelease', { project, component });
  warnOfShadowed(tree.repository, 'ComponentRelease', { project, component }, warn);
  if (release !== '') {
    if (own.some(({ name }) => name === release)) return release;
    throw invalid(
      `component release "${release}" not found or does not belong to component ${project}/${component}; generate it first`,
    );
  }
  if (environment !== environments.root) return promoted(tree, request, warn);
  if (own.length === 0) throw invalid(`no releases found for component ${project}/${component}; generate one first`);
  if (dialect === 'v1.2') return equalRelease(tree, request, own, warn);
  return (
    own
      .map(({ name }) => name)
      .sort()
      .at(-1) ?? ''
  );
}

function promoted(tree: Tree, request: BindingRequest, warn: Warn): string {
  const { component, environment, environments } = request;
  const before = environments.previous(environment) ?? '';
  const binding = bindingIn(tree, request, before, warn);
  if (!binding) {
    throw invalid(
      `no ReleaseBinding found in previous environment ${before} for ${component}; create it first, or name a release with --component-release`,
    );
  }
  const release = specField(binding, 'releaseName');
  if (typeof release === 'string' && release !== '') return release;
  throw invalid(
    `${binding.place}: ReleaseBinding in environment ${before} has no releaseName set; set spec.releaseName`,
  );
}

function equalRelease(
  { repository, ...tree }: Tree,
  request: BindingRequest,
  own: readonly Entry[],
  warn: Warn,
): string {
  const { project, component } = request;
  const { spec } = currentSpec({ repository, ...tree }, request, request.dialect, warn);
  const specs = own.flatMap((entry) => {
    const value = readOr(repository, entry, warn)?.value;
    return isMapping(value) ? [{ entry, spec: value['spec'] ?? null }] : [];
  });
  const equal = specs.findLast((one) => writeYaml(one.spec) === writeYaml(spec));
  if (equal) return equal.entry.name;
  const older = specs.findLast((one) => writeYaml(olderSpec(one.spec)) === writeYaml(olderSpec(spec)));
  throw invalid(
    older
      ? `no matching release found for current component state ${project}/${component}: ${older.entry.path} differs only in what older versions of the generator left out; run "componentrelease generate" to write it anew`
      : `no matching release found for current component state ${project}/${component}; run "componentrelease generate" first`,
  );
}

function bindingIn({ repository }: Tree, owner: ReleaseOwner, environment: string, warn: Warn): Manifest | undefined {
  const { project, component } = owner;
  warnOfShadowed(repository, 'ReleaseBinding', { project, component }, warn);
  const found = repository
    .find('ReleaseBinding', { project, component })
    .flatMap((entry) => readOr(repository, entry, warn) ?? [])
    .filter((manifest) => specField(manifest, 'environment') === environment);
  const chosen = found.at(-1);
  const others = found.slice(0, -1).map(({ entry }) => entry);
  if (chosen) warnOfOthers(repository, chosen.entry, others, warn);
  return chosen;
}

/** What cannot be read does not count, as everywhere in the tree. */
function readOr(repository: Repository, entry: Entry, warn: Warn): Manifest | undefined {
  try {
    return repository.read(entry);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    warn({ ...repository.where(entry), text: 'the document cannot be read and is left out' });
    return undefined;
  }
}

function specField({ value }: Manifest, field: string): unknown {
  const spec = isMapping(value) ? value['spec'] : undefined;
  return isMapping(spec) ? spec[field] : undefined;
}

function invalid(message: string): Failure {
  return new Failure('ManifestInvalid', message);
}
