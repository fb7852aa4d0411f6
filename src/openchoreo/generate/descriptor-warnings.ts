import type { Warn } from '../warning.ts';
import { compose } from '../yaml/compose.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { lineAt } from '../yaml/line-at.ts';
import { type ReadAs, surprises } from '../yaml/surprises.ts';
import { typedText } from '../yaml/typed.ts';
import type { Descriptor } from './descriptor.ts';
import type { Dialect } from './dialect.ts';

/** Warns of what a descriptor says and means otherwise, and of what the cluster refuses. The text is readable. */
export function warnOfDescriptor(
  text: string,
  file: string,
  descriptor: Descriptor,
  dialect: Dialect,
  warn: Warn,
): void {
  const [range] = splitDocuments(text);
  if (!range) return;
  const composed = compose(text.slice(range.start, range.end));
  for (const one of surprises(composed, textReadAs)) warn({ file, line: range.line + one.line, text: one.text });
  for (const [index, { name, value, valueFrom }] of descriptor.configurations.env.entries()) {
    // v1.2 allows a variable without a value.
    if (dialect === 'v1.2' || value !== '' || valueFrom.secretKeyRef) continue;
    const line = lineAt(text, range, ['configurations', 'env', index], composed);
    warn({ file, line, text: `environment variable ${name} has no value, which the cluster refuses` });
  }
}

/** All fields but ports are texts: numbers and booleans become that, which may be another one than was written. */
const textReadAs: ReadAs = (field, source, value) => {
  const text = value === null || /port$/i.test(field) ? source : typedText(value);
  return text === source ? undefined : `"${text}"`;
};
