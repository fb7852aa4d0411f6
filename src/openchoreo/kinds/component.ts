import { z } from 'zod';
import { anything, filledText, flag, freeMap, list, mapping, resource, text } from './fields.ts';

/** A trait attached to a component or a component type. */
export const TraitInstance = mapping({
  kind: text.nullish(),
  name: text.nullish(),
  instanceName: text.nullish(),
  parameters: anything,
  environmentConfigs: anything,
});
export type TraitInstance = z.infer<typeof TraitInstance>;

/** Text such as `deployment/service` is dialect v0.15; later ones have `{kind?, name}`. */
export const ComponentTypeReference = z.union([z.string(), mapping({ kind: text.nullish(), name: filledText })], {
  error: 'must be {kind: ComponentType, name: <workload type>/<name>}',
});
export type ComponentTypeReference = z.infer<typeof ComponentTypeReference>;

/** How a component is built on a push; its values become those of the run, which checks them. */
const ComponentWorkflowSettings = mapping({
  name: text.nullish(),
  systemParameters: mapping({
    repository: mapping({
      url: text.nullish(),
      secretRef: text.nullish(),
      revision: mapping({ branch: text.nullish(), commit: text.nullish() }).nullish(),
      appPath: text.nullish(),
    }).nullish(),
  }).nullish(),
  parameters: freeMap.nullish(),
});

/** A deployable part of a project: its type, parameters, traits, and how it is built. */
export const Component = resource(
  'Component',
  mapping({
    owner: mapping({ projectName: filledText }),
    componentType: ComponentTypeReference,
    autoDeploy: flag.nullish(),
    autoBuild: flag.nullish(),
    parameters: anything,
    traits: list(TraitInstance).nullish(),
    workflow: ComponentWorkflowSettings.nullish(),
  }),
);
export type Component = z.infer<typeof Component>;
