import type { Warn } from '../warning.ts';
import { compose, typedValue } from '../yaml/compose.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { lineAt } from '../yaml/line-at.ts';
import { type ReadAs, surprises } from '../yaml/surprises.ts';
import { typedText } from '../yaml/typed.ts';
import type { Descriptor } from './descriptor.ts';
import type { Dialect } from './dialect.ts';
import { type FieldPath, fieldNames, lostFields } from './lost-fields.ts';

/** Warns of what a descriptor says and means otherwise, what no Workload takes up, and what the cluster refuses. The text is readable. */
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
  const at = (path: FieldPath) => ({ file, line: lineAt(text, range, path, composed) });
  // Known and without effect, also for the original tool.
  const said = { ...Object(typedValue(composed)), apiVersion: null, kind: null, metadata: null };
  const lost = lostFields(said, takenUp(descriptor, dialect));
  if (lost[0]) warn({ ...at(lost[0]), text: `the Workload does not take up ${fieldNames(lost)}` });
  for (const list of ['endpoints', 'connections'] as const) {
    for (const [index, { name }] of descriptor[list].entries()) {
      const last = descriptor[list].findLastIndex((one) => one.name === name);
      if (last !== index)
        warn({ ...at([list, index]), text: `${list}: "${name}" is there more than once, the last counts` });
    }
  }
  for (const [index, { name, value, valueFrom }] of descriptor.configurations.env.entries()) {
    // v1.2 allows a variable without a value.
    if (dialect === 'v1.2' || value !== '' || valueFrom.secretKeyRef) continue;
    warn({
      ...at(['configurations', 'env', index]),
      text: `environment variable ${name} has no value, which the cluster refuses`,
    });
  }
}

/** What of a descriptor is used. */
function takenUp(descriptor: Descriptor, dialect: Dialect) {
  const { endpoints, connections, dependencies, configurations } = descriptor;
  return {
    endpoints: endpoints.map(({ context, ...endpoint }) =>
      dialect === 'v0.15'
        ? { ...endpoint, targetPort: undefined, displayName: undefined, basePath: undefined }
        : endpoint,
    ),
    connections: dialect === 'v1.2' ? undefined : connections,
    dependencies: dialect === 'v1.2' ? dependencies : undefined,
    configurations: {
      env: configurations.env.map(({ name, value, valueFrom: { secretKeyRef } }) =>
        secretKeyRef ? { name, valueFrom: { secretKeyRef } } : { name, value },
      ),
      files: configurations.files.map(({ name, mountPath, value, valueFrom: { secretKeyRef, path } }) => {
        if (secretKeyRef) return { name, mountPath, valueFrom: { secretKeyRef } };
        return path === '' ? { name, mountPath, value } : { name, mountPath, valueFrom: { path } };
      }),
    },
  };
}

/** All fields but ports are texts: numbers and booleans become that, which may be another one than was written. */
const textReadAs: ReadAs = (field, source, value) => {
  const text = value === null || /port$/i.test(field) ? source : typedText(value);
  return text === source ? undefined : `"${text}"`;
};
