import { Failure } from '../../failures.ts';
import type { Entry } from '../repository/entry.ts';
import type { ReleaseOwner } from '../repository/paths-for-release.ts';
import type { Repository } from '../repository/repository.ts';
import { isMapping } from '../yaml/compose.ts';

/** The generations of OpenChoreo's resources. */
export const dialects = ['v0.15', 'v0.16', 'v1.2'] as const;
export type Dialect = (typeof dialects)[number];

/**
 * The dialect of a component, by what its release reaches: v1.2 by its own marks, v0.15 by a component type that is text
 * (without a Component: by a Workload with `containers`), else v0.16.
 */
export function dialectOf(repository: Repository, { namespace, project, component: name }: ReleaseOwner): Dialect {
  const component = last(repository, repository.find('Component', { name, namespace }));
  const workload = last(repository, repository.find('Workload', { project, component: name }));
  const reference = at(component, 'spec', 'componentType');
  const type = last(repository, typesNamed(repository, reference));
  const marks = [
    at(type, 'spec', 'parameters'),
    at(type, 'spec', 'environmentConfigs'),
    at(type, 'kind') === 'ClusterComponentType' || undefined,
    at(workload, 'spec', 'dependencies'),
    at(component, 'spec', 'workflow', 'kind'),
    environmentOf(workload).find((variable) => at(variable, 'valueFrom', 'secretKeyRef') !== undefined),
    traitsOf(repository, component).find((trait) => at(trait, 'spec', 'parameters') !== undefined),
  ];
  if (marks.some((mark) => mark !== undefined && mark !== null)) return 'v1.2';
  if (component === undefined) return isOld(workload) ? 'v0.15' : 'v0.16';
  return typeof reference === 'string' ? 'v0.15' : 'v0.16';
}

/** Throws `ManifestInvalid` for a Workload of another dialect than its Component, saying how to migrate. */
export function requireWorkload(workload: unknown, place: string, dialect: Dialect): void {
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
  const traits = at(component, 'spec', 'traits');
  if (!Array.isArray(traits)) return [];
  return traits.map((trait: unknown) => {
    const name = at(trait, 'name');
    if (typeof name !== 'string') return undefined;
    return last(repository, [...repository.find('ClusterTrait', { name }), ...repository.find('Trait', { name })]);
  });
}

function environmentOf(workload: unknown): readonly unknown[] {
  const environment = at(workload, 'spec', 'container', 'env');
  return Array.isArray(environment) ? environment : [];
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
