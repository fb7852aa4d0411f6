import { Failure } from '../../failures.ts';
import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import type { Entry } from '../repository/entry.ts';
import type { Repository } from '../repository/repository.ts';
import { isMapping } from '../yaml/compose.ts';

/** The generations of OpenChoreo's resources. */
export const dialects = ['v0.15', 'v0.16', 'v1.2'] as const;
export type Dialect = (typeof dialects)[number];

/**
 * The dialect of a component, by what its release reaches: v0.15 by a component type that is text (without a Component: by a Workload
 * with `containers`), v1.2 by its own marks, of which the type's decide, else v0.16.
 */
export function dialectOf(repository: Repository, { namespace, project, component: name }: ReleaseOwner): Dialect {
  const component = last(repository, repository.find('Component', { name, namespace }));
  const workload = last(repository, repository.find('Workload', { project, component: name }));
  const reference = at(component, 'spec', 'componentType');
  const type = last(repository, typesNamed(repository, reference));
  if (typeof reference === 'string') return 'v0.15';
  const isNew = ['parameters', 'environmentConfigs'].some((field) => isThere(at(type, 'spec', field)));
  if (isNew || at(type, 'kind') === 'ClusterComponentType') return 'v1.2';
  if (isThere(at(type, 'spec', 'schema'))) return 'v0.16';
  const marks = [
    listAt(type, 'spec', 'allowedWorkflows').find(isMapping),
    at(workload, 'spec', 'dependencies'),
    at(component, 'spec', 'workflow', 'kind'),
    ...listAt(workload, 'spec', 'container', 'env').map((variable) => at(variable, 'valueFrom', 'secretKeyRef')),
    ...traitsOf(repository, component).map((trait) => at(trait, 'spec', 'parameters')),
  ];
  if (marks.some(isThere)) return 'v1.2';
  return component === undefined && isOld(workload) ? 'v0.15' : 'v0.16';
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/** Throws `ManifestInvalid` for a Workload of another dialect than its Component, saying how to migrate. */
export function requireWorkload(workload: unknown, place: string, dialect: Dialect): void {
  requireVisibility(workload, place, dialect);
  if (dialect === 'v0.15' && at(workload, 'spec', 'container') && !isOld(workload)) {
    throw new Failure(
      'ManifestInvalid',
      `${place}: spec.container is of dialect v0.16, while the Component's spec.componentType is text as in v0.15; write it as {kind: ComponentType, name: ...}`,
    );
  }
  if (dialect !== 'v0.15' && isOld(workload)) {
    throw new Failure(
      'ManifestInvalid',
      `${place}: spec.containers is of dialect v0.15, while the Component is of ${dialect}; move the main container to spec.container`,
    );
  }
}

function requireVisibility(workload: unknown, place: string, dialect: Dialect): void {
  const endpoints = at(workload, 'spec', 'endpoints');
  for (const [name, endpoint] of Object.entries(isMapping(endpoints) ? endpoints : {})) {
    const visibility = at(endpoint, 'visibility');
    const isRight = dialect === 'v0.15' ? !Array.isArray(visibility) : typeof visibility !== 'string';
    if (isRight) continue;
    throw new Failure(
      'ManifestInvalid',
      `${place}: spec.endpoints.${name}.visibility must be ${dialect === 'v0.15' ? 'one text' : 'a list'} in dialect ${dialect}`,
    );
  }
}

function isOld(workload: unknown): boolean {
  return Boolean(at(workload, 'spec', 'containers')) && !at(workload, 'spec', 'container');
}

function typesNamed(repository: Repository, reference: unknown): readonly Entry[] {
  const text = typeof reference === 'string' ? reference : at(reference, 'name');
  if (typeof text !== 'string') return [];
  const name = text.slice(text.lastIndexOf('/') + 1);
  const isCluster = at(reference, 'kind') === 'ClusterComponentType';
  const own = repository.find('ComponentType', { name });
  return isCluster ? [...own, ...repository.find('ClusterComponentType', { name })] : own;
}

function traitsOf(repository: Repository, component: unknown): readonly unknown[] {
  return listAt(component, 'spec', 'traits').map((trait) => {
    const name = at(trait, 'name');
    if (typeof name !== 'string') return undefined;
    return last(repository, [...repository.find('ClusterTrait', { name }), ...repository.find('Trait', { name })]);
  });
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** The value of the last entry; undefined where there is none or it cannot be read, which others say. */
function last(repository: Repository, entries: readonly Entry[]): unknown {
  const entry = entries.at(-1);
  try {
    return entry && repository.read(entry).value;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isMapping(found) ? found[key] : undefined), value);
}
