import { isMapping } from '../yaml/compose.ts';

/** What of an existing Workload its replacement does not have, in words such as `environment variable REGION`. */
export function removedParts(before: unknown, after: unknown): readonly string[] {
  const names = (list: unknown) => (Array.isArray(list) ? list.map((item: unknown) => String(at(item, 'key'))) : []);
  const keys = (mapping: unknown) => (isMapping(mapping) ? Object.keys(mapping) : []);
  const lost = (word: string, read: (value: unknown) => readonly string[]) => {
    const left = new Set(read(after));
    return read(before)
      .filter((name) => !left.has(name))
      .map((name) => `${word} ${name}`);
  };
  const [oldName, newName] = [at(before, 'metadata', 'name'), at(after, 'metadata', 'name')];
  return [
    ...(oldName === newName ? [] : [`name ${String(oldName)} (now ${String(newName)})`]),
    ...lost('label', (value) => keys(at(value, 'metadata', 'labels'))),
    ...lost('annotation', (value) => keys(at(value, 'metadata', 'annotations'))),
    ...lost('environment variable', (value) => names(at(value, 'spec', 'container', 'env'))),
    ...lost('file', (value) => names(at(value, 'spec', 'container', 'files'))),
    ...lost('endpoint', (value) => keys(at(value, 'spec', 'endpoints'))),
    ...lost('connection', (value) => keys(at(value, 'spec', 'connections'))),
    ...lost('field', (value) => otherFields('spec.container', at(value, 'spec', 'container'), ['env', 'files'])),
    ...lost('field', (value) => otherFields('spec', at(value, 'spec'), ['endpoints', 'connections'])),
  ];
}

function otherFields(parent: string, value: unknown, told: readonly string[]): readonly string[] {
  if (!isMapping(value)) return [];
  return Object.keys(value)
    .filter((key) => !told.includes(key) && value[key] !== undefined)
    .map((key) => `${parent}.${key}`);
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isMapping(found) ? found[key] : undefined), value);
}
