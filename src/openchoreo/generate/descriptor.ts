import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { describeIssues } from '../kinds/issues.ts';
import { parseTyped } from '../yaml/read.ts';
import { fields, int32, items, wordMap, words } from '../yaml/typed.ts';

const valueFrom = fields({
  secretKeyRef: z.union([z.null(), fields({ name: words, key: words })], 'must be {name, key}'),
  path: words,
});

/** What a source repository says about its component: endpoints, connections, environment and files. */
export const Descriptor = fields({
  apiVersion: words,
  metadata: fields({ name: words }),
  endpoints: items(
    fields({
      name: words,
      type: words,
      port: int32,
      targetPort: int32,
      displayName: words,
      basePath: words,
      /** One text in dialect v0.15, a list in later ones. */
      visibility: z.union([z.null(), z.array(words), words], 'must be a list of texts'),
      schemaFile: words,
      context: words,
    }),
  ),
  connections: items(
    fields({
      name: words,
      type: words,
      params: wordMap,
      inject: fields({ env: items(fields({ name: words, value: words })) }),
    }),
  ),
  /** Of dialect v1.2 alone, which checks it. */
  dependencies: z.unknown(),
  configurations: fields({
    env: items(fields({ name: words, value: words, valueFrom })),
    files: items(fields({ name: words, mountPath: words, value: words, valueFrom })),
  }),
});
export type Descriptor = z.infer<typeof Descriptor>;

/** Reads the first document of a descriptor as the original tool does. Throws `DescriptorInvalid` naming every wrong field. */
export function readDescriptor(text: string, path: string): Descriptor {
  const result = Descriptor.safeParse(parseTyped(text, path, 'DescriptorInvalid'));
  if (result.success) return result.data;
  throw new Failure('DescriptorInvalid', `${path}: ${describeIssues(result.error)}`);
}
