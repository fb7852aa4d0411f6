import { z } from 'zod';
import { filledText, freeMap, list, mapping, resource, text } from './fields.ts';

const ttl = text.regex(/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'must be a duration such as 1d12h').nullish();

/** How components are built: a parameter schema in shorthand and the template of a run. */
export const ComponentWorkflow = resource(
  'ComponentWorkflow',
  mapping({
    schema: z
      .looseObject({
        types: freeMap.nullish(),
        systemParameters: freeMap.nullish(),
        parameters: freeMap.nullish(),
      })
      .nullish(),
    runTemplate: freeMap,
    resources: list(mapping({ id: filledText, includeWhen: text.nullish(), template: freeMap })).nullish(),
    ttlAfterCompletion: ttl,
  }),
);
export type ComponentWorkflow = z.infer<typeof ComponentWorkflow>;
