import type { Manifest } from '../repository/repository.ts';
import type { Warn } from '../warning.ts';
import { isMapping } from '../yaml/compose.ts';
import type { Dialect } from './dialect.ts';
import type { ComponentParts } from './find-parts.ts';
import { fieldNames, lostFields } from './lost-fields.ts';
import { present } from './present.ts';

/** Warns of what a component's documents say and its release does not hold: once a document, at the first such field. */
export function warnOfDropped(
  { dialect, sources }: ComponentParts,
  workload: Manifest,
  release: unknown,
  warn: Warn,
): void {
  for (const manifest of [...sources, workload]) {
    const fields = lostFields(saidIn(manifest, dialect), heldOf(manifest, release) ?? {}, ['spec']);
    const [first] = fields;
    if (!first) continue;
    const { kind, name, path: file } = manifest.entry;
    const text = `${kind} ${name}: a release of dialect ${dialect} does not hold ${fieldNames(fields)}`;
    warn({ file, line: manifest.lineOf(first), text });
  }
}

/** Warns of environment variables and files of a Workload that have neither a value nor a source, which the cluster refuses. */
export function warnOfUnset({ entry, value, lineOf }: Manifest, dialect: Dialect, warn: Warn): void {
  // v1.2 allows them.
  if (dialect === 'v1.2') return;
  const containers = ['container', ...Object.keys(Object(at(value, 'spec', 'containers')))];
  for (const container of containers) {
    const path = container === 'container' ? ['spec', container] : ['spec', 'containers', container];
    for (const list of ['env', 'files']) {
      for (const [index, item] of listAt(value, ...path, list).entries()) {
        const isSet = present(at(item, 'value')) !== undefined || isMapping(at(item, 'valueFrom'));
        if (isSet || !isMapping(item)) continue;
        const what = list === 'env' ? 'environment variable' : 'file';
        const text = `${what} ${String(item['key'])} has no value, which the cluster refuses`;
        warn({ file: entry.path, line: lineOf([...path, list, index]), text });
      }
    }
  }
}

/** What of a document a release should hold. */
function saidIn({ entry, value }: Manifest, dialect: Dialect): unknown {
  const spec = at(value, 'spec');
  if (!isMapping(spec)) return undefined;
  switch (entry.kind) {
    case 'Component': {
      const isPlain = (trait: unknown) => dialect === 'v1.2' || at(trait, 'kind') === 'Trait';
      const traits = listAt(spec, 'traits').map((trait) =>
        isPlain(trait) && isMapping(trait) ? { ...trait, kind: undefined } : trait,
      );
      return { parameters: spec['parameters'], traits };
    }
    case 'Workload':
      return { ...spec, owner: undefined };
    default:
      // Which workflows and traits are allowed is not part of what runs.
      return dialect === 'v1.2' ? spec : { ...spec, allowedTraits: undefined, allowedWorkflows: undefined };
  }
}

/** What a release holds of a document. */
function heldOf({ entry: { kind, name } }: Manifest, release: unknown): unknown {
  if (kind === 'Component') return at(release, 'componentProfile');
  if (kind === 'Workload') return at(release, 'workload');
  const type = at(release, 'componentType');
  if (kind === 'ComponentType' || kind === 'ClusterComponentType') return at(type, 'spec') ?? type;
  const isIt = (trait: unknown) => at(trait, 'kind') === kind && at(trait, 'name') === name;
  return at(listAt(release, 'traits').find(isIt), 'spec') ?? at(release, 'traits', name);
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isMapping(found) ? found[key] : undefined), value);
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}
