import { Failure } from '../../failures.ts';
import type { Descriptor } from './descriptor.ts';
import { besideDescriptor } from './descriptor-files.ts';
import type { Dialect } from './dialect.ts';
import { present } from './present.ts';
import type { DescriptorSource } from './workload.ts';

type DescribedEndpoint = Descriptor['endpoints'][number];

/** Environment and files of a container as a descriptor says. */
export function descriptorContainer(source: DescriptorSource, dialect: Dialect) {
  const { env, files } = source.descriptor.configurations;
  const secret = (reference: { name: string; key: string }) =>
    dialect === 'v1.2' ? { secretKeyRef: reference } : { secretRef: reference };
  return {
    env: present(
      env.map(({ name, value, valueFrom: { secretKeyRef } }) =>
        secretKeyRef ? { key: name, valueFrom: secret(secretKeyRef) } : { key: name, value: present(value) },
      ),
    ),
    files: present(
      files.map(({ name, mountPath, value, valueFrom: { secretKeyRef, path } }) =>
        secretKeyRef
          ? { key: name, mountPath, valueFrom: secret(secretKeyRef) }
          : { key: name, mountPath, value: present(path === '' ? value : fileText(source, path)) },
      ),
    ),
  };
}

/** Endpoints by name as a descriptor says, with the texts of their schemas. */
export function descriptorEndpoints(source: DescriptorSource, dialect: Dialect) {
  return present(
    Object.fromEntries(
      source.descriptor.endpoints.map((endpoint, index) => [
        endpoint.name,
        {
          type: endpoint.type,
          port: endpoint.port,
          ...(dialect === 'v0.15' ? {} : laterFields(endpoint)),
          visibility: visibility(endpoint, dialect, `${source.path}: endpoints[${index}].visibility`),
          schema: endpoint.schemaFile
            ? { type: schemaType(endpoint.type, dialect), content: present(fileText(source, endpoint.schemaFile)) }
            : undefined,
        },
      ]),
    ),
  );
}

/** Connections by name as a descriptor says. */
export function descriptorConnections({ connections }: Descriptor) {
  return present(
    Object.fromEntries(
      connections.map(({ name, type, params, inject }) => [name, { type, params: present(params), inject }]),
    ),
  );
}

function laterFields({ targetPort, displayName, basePath }: DescribedEndpoint) {
  return { targetPort: present(targetPort), displayName: present(displayName), basePath: present(basePath) };
}

function visibility({ visibility: given }: DescribedEndpoint, dialect: Dialect, place: string) {
  if (dialect === 'v0.15') {
    if (given === null || typeof given === 'string') return present(given);
    throw new Failure('DescriptorInvalid', `${place} must be one text in dialect v0.15, not a list`);
  }
  if (typeof given === 'string') throw new Failure('DescriptorInvalid', `${place} must be a list`);
  const unknown = given?.find((word) => !['project', 'namespace', 'internal', 'external'].includes(word));
  if (dialect !== 'v1.2' || unknown === undefined) return present(given);
  throw new Failure('DescriptorInvalid', `${place}: "${unknown}" must be project, namespace, internal or external`);
}

function schemaType(type: string, dialect: Dialect): string | undefined {
  if (dialect !== 'v1.2') return present(type);
  return new Map([
    ['HTTP', 'openapi'],
    ['gRPC', 'proto'],
    ['GraphQL', 'graphql'],
  ]).get(type);
}

function fileText({ path, files }: DescriptorSource, name: string): string {
  const place = besideDescriptor(path, name);
  const text = files.get(place);
  if (text?.isWellFormed()) return text;
  if (text !== undefined)
    throw new Failure(
      'DescriptorInvalid',
      `${path}: it names the file ${place}, which is not UTF-8 text; name a text file`,
    );
  throw new Failure(
    'DescriptorInvalid',
    `${path}: it names the file ${place}, which does not exist; add it or correct the path`,
  );
}
