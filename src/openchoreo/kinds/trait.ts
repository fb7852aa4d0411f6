import type { z } from 'zod';
import { SchemaParts } from './component-type.ts';
import { anything, list, mapping, resource, text } from './fields.ts';

const Creation = mapping({
  targetPlane: text.nullish(),
  includeWhen: text.nullish(),
  forEach: text.nullish(),
  var: text.nullish(),
  template: anything,
});

const Patch = mapping({
  forEach: text.nullish(),
  var: text.nullish(),
  targetPlane: text.nullish(),
  target: mapping({
    group: text.nullish(),
    version: text.nullish(),
    kind: text.nullish(),
    where: text.nullish(),
  }).nullish(),
  operations: list(mapping({ op: text.nullish(), path: text.nullish(), value: anything })).nullish(),
});

const Spec = mapping({
  schema: SchemaParts.nullish(),
  parameters: anything,
  environmentConfigs: anything,
  removes: anything,
  validations: list(mapping({ rule: text.nullish(), message: text.nullish() })).nullish(),
  creates: list(Creation).nullish(),
  patches: list(Patch).nullish(),
}).nullish();

/** Resources and patches that a component can add to what its type renders. */
export const Trait = resource('Trait', Spec);
export type Trait = z.infer<typeof Trait>;

/** The same for all namespaces (v1.2). */
export const ClusterTrait = resource('ClusterTrait', Spec);
