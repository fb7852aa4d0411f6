import { z } from 'zod';
import { anything, ComponentOwner, list, mapping, resource, text, textMap } from './fields.ts';

const wholeNumber = z
  .number('must be a number without quotes')
  .refine((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31, 'must be a whole number below 2147483648');

const reference = mapping({ name: text.nullish(), key: text.nullish() });

/** Where a value comes from when it is not written in the Workload. */
export const ValueSource = mapping({
  configurationGroupRef: reference.nullish(),
  secretRef: reference.nullish(),
  /** Dialect v1.2 has this in place of `secretRef`. */
  secretKeyRef: reference.nullish(),
});
export type ValueSource = z.infer<typeof ValueSource>;

/** An environment variable of a container. */
export const EnvironmentVariable = mapping({
  key: text.nullish(),
  value: text.nullish(),
  valueFrom: ValueSource.nullish(),
});
export type EnvironmentVariable = z.infer<typeof EnvironmentVariable>;

/** A file that is mounted into a container. */
export const MountedFile = EnvironmentVariable.extend({ mountPath: text.nullish() });
export type MountedFile = z.infer<typeof MountedFile>;

/** The one container of a Workload (v0.16 and later). */
export const Container = mapping({
  image: text.nullish(),
  command: list(text).nullish(),
  args: list(text).nullish(),
  env: list(EnvironmentVariable).nullish(),
  files: list(MountedFile).nullish(),
});
export type Container = z.infer<typeof Container>;

const Endpoint = mapping({
  type: text.nullish(),
  port: wholeNumber.nullish(),
  targetPort: wholeNumber.nullish(),
  /** One text in dialect v0.15. */
  visibility: z.union([z.string(), list(text)], 'must be a list').nullish(),
  displayName: text.nullish(),
  basePath: text.nullish(),
  schema: mapping({ type: text.nullish(), content: text.nullish() }).nullish(),
});

const Connection = mapping({
  type: text.nullish(),
  params: textMap.nullish(),
  inject: mapping({
    env: list(mapping({ name: text.nullish(), value: text.nullish() })).nullish(),
  }).nullish(),
});

const named = <Item extends z.ZodType>(item: Item) =>
  z.record(z.string(), item, 'must be a mapping from name to settings');

/** What runs: image, environment, endpoints and connections of a component. */
export const Workload = resource(
  'Workload',
  mapping({
    owner: ComponentOwner,
    container: Container.nullish(),
    /** Dialect v0.15 has this map in place of `container`. */
    containers: named(Container).nullish(),
    endpoints: named(Endpoint).nullish(),
    connections: named(Connection).nullish(),
    /** Dialect v1.2 has this in place of `connections`. */
    dependencies: anything,
  }),
);
export type Workload = z.infer<typeof Workload>;
