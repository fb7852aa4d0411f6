import { isMapping } from '../yaml/compose.ts';
import { present } from './present.ts';

export type FieldPath = readonly PropertyKey[];

/** The outermost fields that are filled on one side and missing on the other. */
export function lostFields(said: unknown, held: unknown, path: FieldPath = []): readonly FieldPath[] {
  if (!isFilled(said)) return [];
  if (held === undefined || held === null) return [path];
  if (Array.isArray(said)) {
    const items: readonly unknown[] = Array.isArray(held) ? held : [];
    return said.flatMap((item: unknown, index) => lostFields(item, items[index], [...path, index]));
  }
  if (!isMapping(said)) return [];
  return Object.entries(said).flatMap(([key, value]) =>
    lostFields(value, isMapping(held) ? held[key] : undefined, [...path, key]),
  );
}

function isFilled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return present(value) !== undefined;
  return Object.values(value).some(isFilled);
}

/** The names of fields, such as `env[].value`: the same field of several items once. */
export function fieldNames(paths: readonly FieldPath[]): string {
  const names = paths.map((path) =>
    path
      .map((part) => (typeof part === 'number' ? '[]' : `.${String(part)}`))
      .join('')
      .slice(1),
  );
  return [...new Set(names)].join(', ');
}
