import type { z } from 'zod';

/** A field's path as people write it: `spec.endpoints[0].port`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** All mistakes of a value in one line: each with its field, in the order of the schema. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${fieldPath(path)} ${message}`))
    .join('; ');
}
