import type { Warn } from '../warning.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { lineAt } from '../yaml/line-at.ts';
import type { Descriptor } from './descriptor.ts';
import type { Dialect } from './dialect.ts';

/** Warns of what a descriptor says and the cluster refuses. */
export function warnOfDescriptor(
  text: string,
  file: string,
  descriptor: Descriptor,
  dialect: Dialect,
  warn: Warn,
): void {
  const [range] = splitDocuments(text);
  for (const [index, { name, value, valueFrom }] of descriptor.configurations.env.entries()) {
    // v1.2 allows a variable without a value.
    if (!range || dialect === 'v1.2' || value !== '' || valueFrom.secretKeyRef) continue;
    const line = lineAt(text, range, ['configurations', 'env', index]);
    warn({ file, line, text: `environment variable ${name} has no value, which the cluster refuses` });
  }
}
