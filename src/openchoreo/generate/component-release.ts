import type { Component } from '../kinds/component.ts';
import type { ComponentType, SchemaParts } from '../kinds/component-type.ts';
import { apiVersion } from '../kinds/fields.ts';
import type { Trait } from '../kinds/trait.ts';
import type { Container, Workload } from '../kinds/workload.ts';
import { isMapping } from '../yaml/compose.ts';
import type { Dialect } from './dialect.ts';
import type { ComponentParts } from './find-parts.ts';
import { fullReleaseSpec } from './full-release.ts';
import { present } from './present.ts';
import { knownContainer, mapValues } from './workload-parts.ts';

/** The spec of a component's release in its dialect. Throws `ManifestInvalid` for traits that are not allowed. */
export function releaseSpec(parts: ComponentParts, workload: Workload) {
  return parts.dialect === 'v1.2' ? fullReleaseSpec(parts, workload) : reducedSpec(parts, workload);
}

/** Up to v0.16 a release is a reduced snapshot, which leaves out endpoints, connections, validations and trait kinds. */
function reducedSpec({ component, type, traits: found, dialect }: ComponentParts, workload: Workload) {
  const { owner } = component.spec;
  const traits = new Map(found.map(({ name, trait }) => [name, trait]));
  return {
    owner: { componentName: component.metadata.name, projectName: owner.projectName },
    componentType: {
      workloadType: type.spec.workloadType ?? '',
      schema: schemaParts(type.spec.schema),
      resources: present(type.spec.resources?.map(resourceTemplate)) ?? null,
    },
    componentProfile: present(profile(component)),
    traits: present(Object.fromEntries([...traits].map(([name, trait]) => [name, traitSpec(trait)]))),
    workload: releasedContainers(workload, dialect),
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

function releasedContainers({ spec }: Workload, dialect: Dialect) {
  const released = (container: Container | null | undefined) =>
    container?.image ? knownContainer(container, dialect) : null;
  if (dialect !== 'v0.15') return { container: released(spec.container) };
  const containers = mapValues(spec.containers ?? {}, (container) => knownContainer(container, dialect));
  return { containers: present(containers) ?? null };
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
