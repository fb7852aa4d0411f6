import { Failure } from '../../failures.ts';
import { Component } from '../kinds/component.ts';
import { ClusterComponentType, ComponentType } from '../kinds/component-type.ts';
import { ClusterTrait, Trait } from '../kinds/trait.ts';
import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import type { Entry, ScannedKind } from '../repository/entry.ts';
import { checked, type Manifest, type Repository } from '../repository/repository.ts';
import type { Warn } from '../warning.ts';
import { chooseOne, chooseShared, missing } from './choose-one.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { withKind } from './full-release.ts';

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
  /** The documents of component, type and traits. */
  readonly sources: readonly Manifest[];
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
  const sources = [manifest];
  const find: FindShared = (kind, wanted, field) => {
    const found = chooseShared(repository, kind, wanted, namespace, warn);
    if (found) {
      const shared = repository.read(found);
      if (!sources.includes(shared)) sources.push(shared);
      return shared;
    }
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
  return {
    dialect,
    entry,
    place,
    component,
    type,
    typeKind: reference.kind,
    typeName: reference.name,
    traits,
    sources,
  };
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

function invalid(message: string): Failure {
  return new Failure('ManifestInvalid', message);
}
