import { Failure } from '../../failures.ts';
import { Component } from '../kinds/component.ts';
import { ClusterComponentType, ComponentType } from '../kinds/component-type.ts';
import { DeploymentPipeline } from '../kinds/deployment-pipeline.ts';
import { Project } from '../kinds/project.ts';
import { ClusterTrait, Trait } from '../kinds/trait.ts';
import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import type { Entry, ScannedKind } from '../repository/entry.ts';
import { checked, type Manifest, type Repository } from '../repository/repository.ts';
import { describeWarnings, type Warn } from '../warning.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { withKind } from './full-release.ts';
import { type PipelineEnvironments, pipelineEnvironments } from './release-binding.ts';
import { unplacedOf } from './unplaced-of.ts';

/** A component with what it is made of. */
export interface ComponentParts {
  readonly dialect: Dialect;
  readonly entry: Entry;
  /** The Component's file, for messages. */
  readonly place: string;
  readonly component: Component;
  readonly type: ComponentType;
  readonly typeKind: string;
  /** The reference as it is written, such as `deployment/service`. */
  readonly typeName: string;
  /** Each distinct trait once; those of the type itself only in v1.2. */
  readonly traits: readonly { readonly kind: string; readonly name: string; readonly trait: Trait }[];
}

/** Finds a component and what it is made of, in its dialect unless one is set. Throws `ManifestInvalid` for what is missing or wrong. */
export function findComponent(
  repository: Repository,
  owner: ReleaseOwner,
  warn: Warn,
  dialect: Dialect = dialectOf(repository, owner),
): ComponentParts {
  const { namespace, project, component: name } = owner;
  const entry = chooseOne(repository, 'Component', { namespace, name }, warn);
  if (!entry)
    throw missing(
      repository,
      owner,
      `Component ${name} is not in namespace ${namespace} of the GitOps repository; add its component.yaml`,
    );
  const manifest = repository.read(entry);
  const component = checked(Component, manifest);
  const { projectName } = component.spec.owner;
  if (projectName !== project) {
    throw invalid(
      `${manifest.place}: Component ${name} belongs to project ${projectName}, not ${project}; correct spec.owner.projectName or the project that was asked for`,
    );
  }
  const reference = typeReference(component, manifest.place, dialect);
  const place = manifest.place;
  const find: FindShared = (kind, wanted, field) => {
    const found = chooseShared(repository, kind, wanted, namespace, warn);
    if (found) return repository.read(found);
    throw missing(
      repository,
      owner,
      `${place}: ${field} names ${kind} ${wanted}, which is not in the GitOps repository; add it or correct the name`,
    );
  };
  const type = findType(find, reference, dialect);
  const instances = [
    ...(dialect === 'v1.2'
      ? withKind(type.spec.traits, reference.kind === 'ClusterComponentType' ? 'ClusterTrait' : 'Trait')
      : []),
    // Up to v0.16 the kind is not looked at.
    ...withKind(component.spec.traits, 'Trait').map((trait) =>
      dialect === 'v1.2' ? trait : { ...trait, kind: 'Trait' },
    ),
  ];
  const distinct = new Map(instances.map((trait) => [`${trait.kind}/${trait.name}`, trait]));
  const traits = [...distinct.values()].map(({ kind, name: trait }) => ({
    kind,
    name: trait,
    trait: findTrait(find, kind, trait),
  }));
  return { dialect, entry, place, component, type, typeKind: reference.kind, typeName: reference.name, traits };
}

/** The pipeline (the Project's where none is named, which in v1.2 is no text) with its environments. Throws `ManifestInvalid` for what is missing or wrong. */
export function findPipeline(
  repository: Repository,
  owner: ReleaseOwner,
  wanted: string | null,
  warn: Warn,
  dialect?: Dialect,
): { readonly name: string; readonly place: string; readonly environments: PipelineEnvironments } {
  const { name, referrer } =
    wanted === null ? pipelineOfProject(repository, owner, warn, dialect) : { name: wanted, referrer: 'the run' };
  const entry = chooseShared(repository, 'DeploymentPipeline', name, owner.namespace, warn);
  if (!entry)
    throw missing(
      repository,
      owner,
      `DeploymentPipeline ${name}, named by ${referrer}, is not in the GitOps repository; add it or correct the name`,
    );
  const manifest = repository.read(entry);
  return {
    name,
    place: manifest.place,
    environments: pipelineEnvironments(checked(DeploymentPipeline, manifest), manifest.place),
  };
}

/** The one entry with these fields: the last by path where there are several, with a warning. */
export function chooseOne(
  repository: Repository,
  kind: ScannedKind,
  fields: Partial<Entry>,
  warn: Warn,
): Entry | undefined {
  const found = repository.find(kind, fields);
  const chosen = found.at(-1);
  if (chosen) warnOfOthers(repository, chosen, [...repository.shadowed(kind, fields), ...found.slice(0, -1)], warn);
  return chosen;
}

/** Warns of documents that do not count because a later one has the same namespace and name. */
export function warnOfShadowed(repository: Repository, kind: ScannedKind, fields: Partial<Entry>, warn: Warn): void {
  const found = repository.find(kind, fields);
  for (const other of repository.shadowed(kind, fields)) {
    const chosen = found.find(({ namespace, name }) => namespace === other.namespace && name === other.name);
    if (chosen) warnOfOthers(repository, chosen, [other], warn);
  }
}

/** Warns of documents that do not count because another one does. */
export function warnOfOthers(repository: Repository, chosen: Entry, others: readonly Entry[], warn: Warn): void {
  for (const other of others) {
    const { file, line } = repository.where(chosen);
    warn({
      ...repository.where(other),
      text: `${other.kind} ${other.name} does not count: ${chosen.kind} ${chosen.name} of ${file}, line ${line}, is used`,
    });
  }
}

/** What is said when something is missing, with the documents that may hold it, the component's own first. */
export function missing(repository: Repository, owner: ReleaseOwner, message: string): Failure {
  const suspects = describeWarnings([...unplacedOf(repository, owner), ...repository.unplaced], 10);
  return invalid(suspects.length === 0 ? message : `${message} (not read: ${suspects.join('; ')})`);
}

function pipelineOfProject(repository: Repository, owner: ReleaseOwner, warn: Warn, dialect: Dialect | undefined) {
  const { namespace, project: name } = owner;
  const entry = chooseOne(repository, 'Project', { namespace, name }, warn);
  if (!entry) {
    throw missing(
      repository,
      owner,
      `Project ${name} is not in namespace ${namespace} of the GitOps repository; add it, or name a deployment pipeline`,
    );
  }
  const manifest = repository.read(entry);
  const reference = checked(Project, manifest).spec.deploymentPipelineRef;
  const pipeline = typeof reference === 'string' ? reference : reference?.name;
  if (dialect === 'v1.2' && pipeline && typeof reference === 'string') {
    throw invalid(
      `${manifest.place}: Project ${name}: spec.deploymentPipelineRef is text, while its Component is of dialect v1.2; write {kind: DeploymentPipeline, name: ${pipeline}}`,
    );
  }
  if (pipeline) return { name: pipeline, referrer: `${manifest.place} (spec.deploymentPipelineRef)` };
  throw invalid(`${manifest.place}: Project ${name} has no deployment pipeline; set spec.deploymentPipelineRef`);
}

type FindShared = (kind: ScannedKind, name: string, field: string) => Manifest;

function typeReference({ metadata, spec }: Component, place: string, dialect: Dialect) {
  const { componentType } = spec;
  if (typeof componentType === 'string') {
    if (dialect === 'v0.15') return { kind: 'ComponentType', name: componentType };
    throw invalid(
      `${place}: Component ${metadata.name}: spec.componentType is text as in dialect v0.15, while its release is of ${dialect}; write {kind: ComponentType, name: ${componentType}}`,
    );
  }
  if (dialect === 'v0.15')
    throw invalid(`${place}: Component ${metadata.name}: spec.componentType must be text in dialect v0.15`);
  return { kind: (dialect === 'v1.2' && componentType.kind) || 'ComponentType', name: componentType.name };
}

function findType(find: FindShared, reference: { kind: string; name: string }, dialect: Dialect): ComponentType {
  const { kind } = reference;
  const name = reference.name.slice(reference.name.lastIndexOf('/') + 1);
  if (kind === 'ClusterComponentType') {
    const type = checked(ClusterComponentType, find(kind, name, 'spec.componentType'));
    return { ...type, kind: 'ComponentType' };
  }
  if (kind !== 'ComponentType') throw invalid(`spec.componentType.kind ${kind} is not known; write ComponentType`);
  const manifest = find(kind, name, 'spec.componentType');
  const type = checked(ComponentType, manifest);
  requireReferences(type.spec.allowedTraits, dialect !== 'v0.15', `${manifest.place}: spec.allowedTraits`, dialect);
  requireReferences(
    type.spec.allowedWorkflows,
    dialect === 'v1.2',
    `${manifest.place}: spec.allowedWorkflows`,
    dialect,
  );
  return type;
}

/** Throws where a list has names and should have objects, or the other way round. */
function requireReferences(
  list: readonly unknown[] | null | undefined,
  wantsObjects: boolean,
  place: string,
  dialect: Dialect,
): void {
  if (!list?.some((one) => (typeof one === 'string') === wantsObjects)) return;
  throw invalid(`${place} must be a list of ${wantsObjects ? '{kind, name}' : 'names'} in dialect ${dialect}`);
}

function findTrait(find: FindShared, kind: string, name: string): Trait {
  if (kind === 'ClusterTrait') return { ...checked(ClusterTrait, find(kind, name, 'spec.traits')), kind: 'Trait' };
  if (kind === 'Trait') return checked(Trait, find(kind, name, 'spec.traits'));
  throw invalid(`spec.traits names ${name} of kind ${kind}, which is not known; write Trait or ClusterTrait`);
}

/** Platform resources are found in any namespace, the component's own first. */
function chooseShared(
  repository: Repository,
  kind: ScannedKind,
  name: string,
  namespace: string,
  warn: Warn,
): Entry | undefined {
  const own = chooseOne(repository, kind, { name, namespace }, warn);
  return own ?? chooseOne(repository, kind, { name }, warn);
}

function invalid(message: string): Failure {
  return new Failure('ManifestInvalid', message);
}
