import { isMapping } from '../yaml/compose.ts';

const unwritten = [
  'allowedTraits',
  'allowedWorkflows',
  'traits',
  'validations',
  'preRenderValidations',
  'postRenderValidations',
];

/** The spec of a v1.2 release without what the first versions of that dialect left out: what is allowed, validations, embedded traits, resources that it depends on. */
export function olderSpec(spec: unknown): unknown {
  if (!isMapping(spec)) return spec;
  const attached = isMapping(spec['componentProfile']) ? spec['componentProfile']['traits'] : undefined;
  const names = new Set(Array.isArray(attached) ? attached.map(reference) : []);
  const { traits } = spec;
  const own = Array.isArray(traits) ? traits.filter((trait) => names.has(reference(trait))) : [];
  return {
    ...spec,
    componentType: withoutFields(spec['componentType']),
    traits: own.length === 0 ? undefined : own.map(withoutFields),
    workload: withoutResources(spec['workload']),
  };
}

function reference(trait: unknown): string {
  return isMapping(trait) ? `${String(trait['kind'])}/${String(trait['name'])}` : '';
}

function withoutFields(kept: unknown): unknown {
  if (!isMapping(kept) || !isMapping(kept['spec'])) return kept;
  const fields = Object.entries(kept['spec']).filter(([field]) => !unwritten.includes(field));
  return { ...kept, spec: Object.fromEntries(fields) };
}

function withoutResources(workload: unknown): unknown {
  if (!isMapping(workload) || !isMapping(workload['dependencies'])) return workload;
  const { endpoints } = workload['dependencies'];
  return { ...workload, dependencies: endpoints === undefined ? undefined : { endpoints } };
}
