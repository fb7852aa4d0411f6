import { Failure } from '../../failures.ts';
import { apiVersion } from '../kinds/fields.ts';
import type { Workload } from '../kinds/workload.ts';
import { maximumDocument } from '../yaml/limits.ts';
import { dependencies } from './dependencies.ts';
import type { Descriptor } from './descriptor.ts';
import { descriptorConnections, descriptorContainer, descriptorEndpoints } from './descriptor-workload.ts';
import type { Dialect } from './dialect.ts';
import { present } from './present.ts';
import { knownConnection, knownContainer, knownEndpoint, mapValues } from './workload-parts.ts';

/** Whose Workload it is, and its image. */
export interface WorkloadTarget {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly image: string;
}

/** A descriptor with its path and the texts of the files that it names, by path. */
export interface DescriptorSource {
  readonly path: string;
  readonly descriptor: Descriptor;
  readonly files: ReadonlyMap<string, string>;
}

/** A new Workload, from a descriptor where there is one. Nothing of an older Workload survives. Throws `DescriptorInvalid`. */
export function newWorkload(
  { namespace, project, component, image }: WorkloadTarget,
  source: DescriptorSource | null,
  dialect: Dialect = 'v0.16',
) {
  if (source) requireFitting(source);
  const container = { image, ...(source && descriptorContainer(source, dialect)) };
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: `${component}-workload`, namespace },
    spec: {
      owner: { projectName: project, componentName: component },
      ...(dialect === 'v0.15' ? { containers: { main: container } } : { container }),
      endpoints: source ? descriptorEndpoints(source, dialect) : undefined,
      ...(dialect === 'v1.2'
        ? { dependencies: source ? dependencies(source.descriptor.dependencies, source.path) : undefined }
        : { connections: source ? descriptorConnections(source.descriptor) : undefined }),
    },
  };
}

function requireFitting({ path, files }: DescriptorSource): void {
  const size = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  if (size <= maximumDocument) return;
  throw new Failure(
    'DescriptorInvalid',
    `${path}: the files that it names are larger than 1.5 MiB together, which no cluster stores in a Workload; name fewer or smaller ones`,
  );
}

/** A Workload with another image as the original tool rewrites it: labels, annotations and unknown fields are gone, empty values too. */
export function withImage({ metadata, spec }: Workload, image: string, dialect: Dialect = 'v0.16') {
  const { owner, container, containers, endpoints, connections } = spec;
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: metadata.name, namespace: present(metadata.namespace) },
    spec: {
      owner: { projectName: owner.projectName, componentName: owner.componentName },
      ...(dialect === 'v0.15'
        ? {
            containers: {
              ...mapValues(containers ?? {}, (other) => knownContainer(other, dialect)),
              main: { ...knownContainer(containers?.['main'] ?? {}, dialect), image },
            },
          }
        : { container: { ...knownContainer(container ?? {}, dialect), image } }),
      endpoints: present(mapValues(endpoints ?? {}, knownEndpoint)),
      ...(dialect === 'v1.2'
        ? { dependencies: dependencies(spec.dependencies, metadata.name) }
        : { connections: present(mapValues(connections ?? {}, knownConnection)) }),
    },
  };
}
