import { z } from 'zod';
import { TraitInstance } from './component.ts';
import { anything, list, mapping, resource, text } from './fields.ts';

/** The three parts of a parameter schema in shorthand. */
export const SchemaParts = mapping({ types: anything, parameters: anything, envOverrides: anything });
export type SchemaParts = z.infer<typeof SchemaParts>;

const ResourceTemplate = mapping({
  id: text.nullish(),
  targetPlane: text.nullish(),
  includeWhen: text.nullish(),
  forEach: text.nullish(),
  var: text.nullish(),
  template: anything,
});

/** What platform engineers offer components to be: resource templates, parameter schema, allowed workflows. */
export const ComponentType = resource(
  'ComponentType',
  mapping({
    workloadType: text.nullish(),
    allowedWorkflows: list(text).nullish(),
    schema: SchemaParts.nullish(),
    traits: list(TraitInstance).nullish(),
    /** Names alone are dialect v0.15. */
    allowedTraits: list(
      z.union([z.string(), mapping({ kind: text.nullish(), name: text.nullish() })], 'must be {kind, name}'),
    ).nullish(),
    validations: list(mapping({ rule: text.nullish(), message: text.nullish() })).nullish(),
    resources: list(ResourceTemplate).nullish(),
  }),
);
export type ComponentType = z.infer<typeof ComponentType>;
