import type { Component } from '../kinds/component.ts';
import type { ComponentType, SchemaParts } from '../kinds/component-type.ts';
import { apiVersion } from '../kinds/fields.ts';
import type { Trait } from '../kinds/trait.ts';
import type { Container, Workload } from '../kinds/workload.ts';
import { isMapping } from '../yaml/compose.ts';
import { present } from './present.ts';
import { variable } from './workload.ts';

/** Everything that a release is a snapshot of. `traits` holds each distinct trait of the component by name. */
export interface ReleaseParts {
  readonly component: Component;
  readonly type: ComponentType;
  readonly traits: ReadonlyMap<string, Trait>;
  readonly workload: Workload;
}

/** The spec of a v0.16 release: the original tool's reduced snapshot, which leaves out endpoints, connections, validations and trait kinds. */
export function releaseSpec({ component, type, traits, workload }: ReleaseParts) {
  const { owner } = component.spec;
  return {
    owner: { componentName: component.metadata.name, projectName: owner.projectName },
    componentType: {
      workloadType: type.spec.workloadType ?? '',
      schema: schemaParts(type.spec.schema),
      resources: present(type.spec.resources?.map(resourceTemplate)) ?? null,
    },
    componentProfile: present(profile(component)),
    traits: present(Object.fromEntries([...traits].map(([name, trait]) => [name, traitSpec(trait)]))),
    workload: { container: container(workload.spec.container) },
  };
}

/** A release manifest. Without annotations it is exactly what the original tool writes. */
export function newRelease(
  name: string,
  namespace: string,
  spec: unknown,
  annotations?: Readonly<Record<string, string>>,
) {
  return { apiVersion, kind: 'ComponentRelease', metadata: { name, namespace, annotations }, spec };
}

function profile({ spec }: Component) {
  const parameters = isMapping(spec.parameters) ? present(spec.parameters) : undefined;
  const traits = present(
    spec.traits?.map((trait) => ({
      name: trait.name ?? '',
      instanceName: trait.instanceName ?? '',
      parameters: isMapping(trait.parameters) ? trait.parameters : undefined,
    })),
  );
  return { ...(parameters && { parameters }), ...(traits && { traits }) };
}

function container(container: Container | null | undefined) {
  if (!container?.image) return null;
  return {
    image: container.image,
    command: present(container.command),
    args: present(container.args),
    env: present(container.env?.map(variable)),
    files: present(container.files?.map((file) => ({ ...variable(file), mountPath: file.mountPath ?? '' }))),
  };
}

function resourceTemplate(item: NonNullable<ComponentType['spec']['resources']>[number]) {
  return {
    id: item.id ?? '',
    targetPlane: present(item.targetPlane),
    includeWhen: present(item.includeWhen),
    forEach: present(item.forEach),
    var: present(item.var),
    template: mappingOrNull(item.template),
  };
}

function traitSpec({ spec }: Trait) {
  const schema = schemaParts(spec?.schema);
  return {
    schema: present(schema),
    creates: present(
      spec?.creates?.map(({ targetPlane, template }) => ({
        targetPlane: present(targetPlane),
        template: mappingOrNull(template),
      })),
    ),
    patches: present(
      spec?.patches?.map(({ forEach, var: variableName, targetPlane, target, operations }) => ({
        forEach: present(forEach),
        var: present(variableName),
        targetPlane: present(targetPlane),
        target: {
          group: target?.group ?? '',
          version: target?.version ?? '',
          kind: target?.kind ?? '',
          where: present(target?.where),
        },
        operations: present(
          operations?.map(({ op, path, value }) => ({ op: op ?? '', path: path ?? '', value: mappingOrNull(value) })),
        ),
      })),
    ),
  };
}

function schemaParts(schema: SchemaParts | null | undefined) {
  const parts = { types: schema?.types, parameters: schema?.parameters, envOverrides: schema?.envOverrides };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) =>
      part === null || part === undefined ? [] : [[name, mappingOrNull(part)]],
    ),
  );
}

/** Free-form content: only a mapping survives in a release, anything else becomes null; nothing stays away. */
function mappingOrNull(value: unknown) {
  if (value === null || value === undefined) return undefined;
  return isMapping(value) ? value : null;
}
