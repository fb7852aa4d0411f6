import { z } from 'zod';

const described = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a mapping'
        : `a ${typeof value}`;

/** Text; a number or boolean is refused with the advice to quote it, an absent one as required. */
export const text = z.string({
  error: ({ input }) => {
    if (input === undefined || input === null) return 'is required';
    const quote = typeof input === 'number' || typeof input === 'boolean' ? ': put it in quotes' : '';
    return `must be text, not ${described(input)}${quote}`;
  },
});

/** Text that may not be empty. */
export const filledText = text.min(1, 'must not be empty');

/** A mapping from text to text, such as labels. */
export const textMap = z.record(z.string(), text);

/** A mapping whose content is up to its author. */
export const freeMap = z.record(z.string(), z.unknown(), {
  error: ({ input }) => (input === undefined ? 'is required' : `must be a mapping, not ${described(input)}`),
});

/** A list of such items. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, {
    error: ({ input }) => (input === undefined ? 'is required' : `must be a list, not ${described(input)}`),
  });

/** A mapping of such fields; others are kept. */
export const mapping = <Fields extends z.core.$ZodLooseShape>(fields: Fields) =>
  z.looseObject(fields, {
    error: ({ input }) =>
      input === undefined || input === null ? 'is required' : `must be a mapping, not ${described(input)}`,
  });

/** True or false, unquoted. */
export const flag = z.boolean({
  error: ({ input }) => `must be true or false without quotes, not ${described(input)}`,
});

/** Anything, also nothing. */
export const anything = z.unknown().optional();

/** How long something is kept after its end, such as `1d12h`. */
export const ttl = text.regex(/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'must be a duration such as 1d12h');

/** The API version of every OpenChoreo resource that is read or written. */
export const apiVersion = 'openchoreo.dev/v1alpha1';

/** Name, namespace, labels and annotations of a resource. */
export const Metadata = mapping({
  name: filledText,
  namespace: text.nullish(),
  labels: textMap.nullish(),
  annotations: textMap.nullish(),
});
export type Metadata = z.infer<typeof Metadata>;

/** The component that a resource belongs to. */
export const ComponentOwner = mapping({ projectName: filledText, componentName: filledText });
export type ComponentOwner = z.infer<typeof ComponentOwner>;

/** `apiVersion`, `kind` and `metadata`: what every resource begins with. */
export function resource<Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return mapping({
    apiVersion: z.literal(apiVersion, `must be ${apiVersion}`),
    kind: z.literal(kind, `must be ${kind}`),
    metadata: Metadata,
    spec,
  });
}
