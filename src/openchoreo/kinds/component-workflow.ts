import { z } from 'zod';
import { filledText, freeMap, list, mapping, resource, text, ttl } from './fields.ts';

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
    ttlAfterCompletion: ttl.nullish(),
  }),
);
export type ComponentWorkflow = z.infer<typeof ComponentWorkflow>;
