import { Failure } from '../../failures.ts';
import { apiVersion } from '../kinds/fields.ts';
import type { EnvironmentVariable, ValueSource, Workload } from '../kinds/workload.ts';
import type { Descriptor } from './descriptor.ts';
import { besideDescriptor } from './descriptor-files.ts';
import { present } from './present.ts';

/** Whose Workload it is, and its image. */
export interface WorkloadTarget {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly image: string;
}

/** A descriptor with its repository-relative path and the texts of the files that it names, by repository-relative path. */
export interface DescriptorSource {
  readonly path: string;
  readonly descriptor: Descriptor;
  readonly files: ReadonlyMap<string, string>;
}

/** A new Workload, from a descriptor where there is one. Nothing of an older Workload survives. Throws `DescriptorInvalid` for a missing file. */
export function newWorkload({ namespace, project, component, image }: WorkloadTarget, source: DescriptorSource | null) {
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: `${component}-workload`, namespace },
    spec: {
      owner: { projectName: project, componentName: component },
      container: { image, env: source ? env(source) : undefined, files: source ? files(source) : undefined },
      endpoints: source ? endpoints(source) : undefined,
      connections: source ? connections(source) : undefined,
    },
  };
}

/** A Workload with another image as the original tool rewrites it: labels, annotations and unknown fields are gone, empty values too. */
export function withImage({ metadata, spec }: Workload, image: string) {
  const { owner, container, endpoints, connections } = spec;
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: metadata.name, namespace: present(metadata.namespace) },
    spec: {
      owner: { projectName: owner.projectName, componentName: owner.componentName },
      container: {
        image,
        command: present(container?.command),
        args: present(container?.args),
        env: present(container?.env?.map(variable)),
        files: present(container?.files?.map((file) => ({ ...variable(file), mountPath: file.mountPath ?? '' }))),
      },
      endpoints: present(mapValues(endpoints ?? {}, knownEndpoint)),
      connections: present(mapValues(connections ?? {}, knownConnection)),
    },
  };
}

/** An environment variable with only its known, filled fields. */
export function variable({ key, value, valueFrom }: EnvironmentVariable) {
  return { key: key ?? '', value: present(value), valueFrom: valueFrom ? valueSource(valueFrom) : undefined };
}

function valueSource({ configurationGroupRef, secretRef }: ValueSource) {
  const known = (reference: ValueSource['secretRef']) =>
    reference ? { name: reference.name ?? '', key: reference.key ?? '' } : undefined;
  return { configurationGroupRef: known(configurationGroupRef), secretRef: known(secretRef) };
}

function env({ descriptor }: DescriptorSource) {
  return present(
    descriptor.configurations.env.map(({ name, value, valueFrom: { secretKeyRef } }) =>
      secretKeyRef ? { key: name, valueFrom: { secretRef: secretKeyRef } } : { key: name, value: present(value) },
    ),
  );
}

function files(source: DescriptorSource) {
  return present(
    source.descriptor.configurations.files.map(({ name, mountPath, value, valueFrom: { secretKeyRef, path } }) =>
      secretKeyRef
        ? { key: name, mountPath, valueFrom: { secretRef: secretKeyRef } }
        : { key: name, mountPath, value: present(path === '' ? value : fileText(source, path)) },
    ),
  );
}

function endpoints(source: DescriptorSource) {
  return present(
    Object.fromEntries(
      source.descriptor.endpoints.map((endpoint) => [
        endpoint.name,
        {
          type: endpoint.type,
          port: endpoint.port,
          targetPort: present(endpoint.targetPort),
          displayName: present(endpoint.displayName),
          basePath: present(endpoint.basePath),
          visibility: present(endpoint.visibility),
          schema: endpoint.schemaFile
            ? { type: present(endpoint.type), content: present(fileText(source, endpoint.schemaFile)) }
            : undefined,
        },
      ]),
    ),
  );
}

function connections({ descriptor }: DescriptorSource) {
  return present(
    Object.fromEntries(
      descriptor.connections.map(({ name, type, params, inject }) => [name, { type, params: present(params), inject }]),
    ),
  );
}

type Endpoint = NonNullable<Workload['spec']['endpoints']>[string];
type Connection = NonNullable<Workload['spec']['connections']>[string];

function knownEndpoint({ type, port, targetPort, visibility, displayName, basePath, schema }: Endpoint) {
  return {
    type: type ?? '',
    port: port ?? 0,
    targetPort: present(targetPort),
    visibility: present(visibility),
    displayName: present(displayName),
    basePath: present(basePath),
    schema: schema ? { type: present(schema.type), content: present(schema.content) } : undefined,
  };
}

function knownConnection({ type, params, inject }: Connection) {
  const env = inject?.env?.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' })) ?? null;
  return { type: type ?? '', params: present(params), inject: { env } };
}

function fileText({ path, files }: DescriptorSource, name: string): string {
  const place = besideDescriptor(path, name);
  const text = files.get(place);
  if (text !== undefined) return text;
  throw new Failure(
    'DescriptorInvalid',
    `${path}: it names the file ${place}, which does not exist; add it or correct the path`,
  );
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
