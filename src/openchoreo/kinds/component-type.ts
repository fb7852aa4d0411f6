import { z } from 'zod';
import { TraitInstance } from './component.ts';
import { anything, list, mapping, resource, text } from './fields.ts';

/** The three parts of a parameter schema in shorthand. */
export const SchemaParts = mapping({ types: anything, parameters: anything, envOverrides: anything });
export type SchemaParts = z.infer<typeof SchemaParts>;

const reference = mapping({ kind: text.nullish(), name: text.nullish() });

const ResourceTemplate = mapping({
  id: text.nullish(),
  targetPlane: text.nullish(),
  includeWhen: text.nullish(),
  forEach: text.nullish(),
  var: text.nullish(),
  template: anything,
});

const Spec = mapping({
  workloadType: text.nullish(),
  /** Names alone are v0.15 and v0.16. */
  allowedWorkflows: list(z.union([z.string(), reference], 'must be a name')).nullish(),
  schema: SchemaParts.nullish(),
  /** With `environmentConfigs` what dialect v1.2 has in place of `schema`. */
  parameters: anything,
  environmentConfigs: anything,
  traits: list(TraitInstance).nullish(),
  /** Names alone are dialect v0.15. */
  allowedTraits: list(z.union([z.string(), reference], 'must be {kind, name}')).nullish(),
  validations: list(mapping({ rule: text.nullish(), message: text.nullish() })).nullish(),
  resources: list(ResourceTemplate).nullish(),
});

/** What platform engineers offer components to be: resource templates, parameter schema, allowed workflows. */
export const ComponentType = resource('ComponentType', Spec);
export type ComponentType = z.infer<typeof ComponentType>;

/** The same for all namespaces (v1.2). */
export const ClusterComponentType = resource('ClusterComponentType', Spec);
