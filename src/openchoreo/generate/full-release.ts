import { Failure } from '../../failures.ts';
import type { TraitInstance } from '../kinds/component.ts';
import type { Workload } from '../kinds/workload.ts';
import { isMapping } from '../yaml/compose.ts';
import { dependencies } from './dependencies.ts';
import type { ComponentParts } from './find-parts.ts';
import { present } from './present.ts';
import { knownContainer, knownEndpoint, mapValues } from './workload-parts.ts';

/** Which fields of a mapping stay: with `true` whatever they hold, else the fields or items below. */
type Shape = true | readonly [Shape] | { readonly [field: string]: Shape };

const rules = [{ rule: true, message: true }] as const;
const validations = { validations: rules, preRenderValidations: rules, postRenderValidations: rules };
const reference = { kind: true, name: true } as const;
const typeShape: Shape = {
  workloadType: true,
  allowedWorkflows: [reference],
  parameters: true,
  environmentConfigs: true,
  traits: [{ ...reference, instanceName: true, parameters: true, environmentConfigs: true }],
  allowedTraits: [reference],
  ...validations,
  resources: [{ id: true, targetPlane: true, includeWhen: true, forEach: true, var: true, template: true }],
};
const patch = {
  forEach: true,
  var: true,
  targetPlane: true,
  target: { group: true, version: true, kind: true, where: true },
  operations: [{ op: true, path: true, value: true }],
} as const;
const traitShape: Shape = {
  parameters: true,
  environmentConfigs: true,
  ...validations,
  creates: [{ targetPlane: true, includeWhen: true, forEach: true, var: true, template: true }],
  patches: [patch],
  removes: true,
};

/** The spec of a v1.2 release: complete snapshots of type, traits and Workload. Throws `ManifestInvalid` for traits that are not allowed. */
export function fullReleaseSpec(parts: ComponentParts, { metadata, spec: workload }: Workload) {
  const { component, type, typeKind, typeName, traits } = parts;
  const { owner, parameters } = component.spec;
  const inType = typeKind === 'ClusterComponentType' ? 'ClusterTrait' : 'Trait';
  const embedded = withKind(type.spec.traits, inType);
  const attached = withKind(component.spec.traits, 'Trait');
  const allowed = withKind(type.spec.allowedTraits?.map(asReference), inType);
  requireAllowed(parts, embedded, attached, allowed);
  const profile = {
    ...(parameters !== null && parameters !== undefined && { parameters }),
    ...(attached.length > 0 && {
      traits: attached.map(({ kind, name, instanceName, parameters: given }) => ({
        kind,
        name: name ?? '',
        instanceName: instanceName ?? '',
        parameters: given ?? undefined,
      })),
    }),
  };
  return {
    owner: { componentName: component.metadata.name, projectName: owner.projectName },
    componentType: {
      kind: typeKind,
      name: typeName,
      spec: shaped({ ...type.spec, traits: embedded, allowedTraits: allowed }, typeShape),
    },
    componentProfile: present(profile),
    traits: present(
      traits
        .toSorted((left, right) => (`${left.kind}/${left.name}` < `${right.kind}/${right.name}` ? -1 : 1))
        .map(({ kind, name, trait }) => ({ kind, name, spec: shaped(trait.spec ?? {}, traitShape) })),
    ),
    workload: {
      container: knownContainer(workload.container ?? {}, 'v1.2'),
      endpoints: present(mapValues(workload.endpoints ?? {}, knownEndpoint)),
      dependencies: dependencies(workload.dependencies, metadata.name),
    },
  };
}

/** Trait references with the kind that those without one mean. */
export function withKind<Reference extends TraitInstance>(
  references: readonly Reference[] | null | undefined,
  kind: string,
) {
  return (references ?? []).map((one) => ({ ...one, kind: one.kind || kind, name: one.name ?? '' }));
}

const asReference = (trait: string | TraitInstance): TraitInstance =>
  typeof trait === 'string' ? { name: trait } : trait;

type KindedTrait = TraitInstance & { readonly kind: string; readonly name: string };

function requireAllowed(
  { component, place }: ComponentParts,
  embedded: readonly KindedTrait[],
  attached: readonly KindedTrait[],
  allowed: readonly KindedTrait[],
): void {
  const fail = (problem: string) => {
    throw new Failure(
      'ManifestInvalid',
      `${place}: component "${component.metadata.name}" trait validation failed: ${problem}`,
    );
  };
  const label = ({ kind, name }: KindedTrait) => `${kind}:${name}`;
  const known = new Set(allowed.map(label));
  const refused = attached.map(label).filter((trait) => !known.has(trait));
  if (refused.length > 0)
    fail(`traits [${refused.join(' ')}] are not in the allowed list [${[...known].join(' ')}] of its type`);
  const names = [...embedded, ...attached].map(({ instanceName }) => instanceName ?? '');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail(`the instance name "${twice}" is there more than once`);
}

/** Texts that are written even when they are empty. */
const written = new Set(['group', 'version', 'kind', 'name', 'instanceName', 'id', 'workloadType']);

/** A value with only the fields of a shape; empty texts and lists go, as the original tool leaves them out. */
function shaped(value: unknown, shape: Shape): unknown {
  if (shape === true || value === null || typeof value !== 'object') return value;
  if (isList(shape)) return Array.isArray(value) ? value.map((item: unknown) => shaped(item, shape[0])) : value;
  if (!isMapping(value)) return value;
  const source: Readonly<Record<string, unknown>> = value;
  return Object.fromEntries(
    Object.entries(shape).flatMap(([field, below]) => {
      const found = source[field];
      const isAbsent = found === undefined || found === null || (found === '' && !written.has(field));
      const isEmptyList = Array.isArray(found) && found.length === 0 && below !== true;
      return isAbsent || isEmptyList ? [] : [[field, shaped(found, below)]];
    }),
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
