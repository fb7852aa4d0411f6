import type { Container, EnvironmentVariable, ValueSource, Workload } from '../kinds/workload.ts';
import type { Dialect } from './dialect.ts';
import { present } from './present.ts';

/** A container with only its known, filled fields. */
export function knownContainer({ image, command, args, env, files }: Container, dialect: Dialect) {
  return {
    image: image ?? '',
    command: present(command),
    args: present(args),
    env: present(env?.map((item) => variable(item, dialect))),
    files: present(files?.map((file) => ({ ...variable(file, dialect), mountPath: file.mountPath ?? '' }))),
  };
}

/** An environment variable with only its known, filled fields. */
function variable({ key, value, valueFrom }: EnvironmentVariable, dialect: Dialect) {
  return { key: key ?? '', value: present(value), valueFrom: valueFrom ? valueSource(valueFrom, dialect) : undefined };
}

function valueSource({ configurationGroupRef, secretRef, secretKeyRef }: ValueSource, dialect: Dialect) {
  const known = (reference: ValueSource['secretRef']) =>
    reference ? { name: reference.name ?? '', key: reference.key ?? '' } : undefined;
  return dialect === 'v1.2'
    ? { secretKeyRef: known(secretKeyRef) }
    : { configurationGroupRef: known(configurationGroupRef), secretRef: known(secretRef) };
}

type Endpoint = NonNullable<Workload['spec']['endpoints']>[string];
type Connection = NonNullable<Workload['spec']['connections']>[string];

/** An endpoint with only its known, filled fields. */
export function knownEndpoint({ type, port, targetPort, visibility, displayName, basePath, schema }: Endpoint) {
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

/** A connection with only its known, filled fields; its variables always. */
export function knownConnection({ type, params, inject }: Connection) {
  const env = inject?.env?.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' })) ?? null;
  return { type: type ?? '', params: present(params), inject: { env } };
}

/** A mapping with each of its values changed. */
export function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
