import { z } from 'zod';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { renderTemplate, type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import { TextList } from './text-list.ts';

const isPositive = (quantity: string): boolean => Number.parseFloat(quantity) > 0;

const Cpu = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3}|m)?$/, 'must be a number of CPUs such as 2, 0.5 or 500m')
  .refine(isPositive, 'must be more than nothing');

const Bytes = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?(Mi|Gi|Ti|M|G|T)$/, 'must be a size such as 512Mi or 10Gi')
  .refine(isPositive, 'must be more than nothing');

const LabelKey = z
  .string()
  .max(317)
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/, 'must be the key of a label');
const LabelValue = z.string().regex(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/, 'must be the value of a label');

/** Labels as JSON object, or as `key=value` with commas between. */
const NodeSelector = z
  .string()
  .transform((text, context) => {
    const pairs = text.trimStart().startsWith('{') ? parseJson(text) : parsePairs(text);
    const parsed = z.record(LabelKey, LabelValue).safeParse(pairs);
    if (parsed.success) return parsed.data;
    context.addIssue('must be labels of nodes: key=value with commas between, or a JSON object');
    return z.NEVER;
  })
  .default({});

/** A taint that builds may run in spite of. */
export const Toleration = z.strictObject({
  key: LabelKey.exactOptional(),
  operator: z.enum(['Exists', 'Equal']).exactOptional(),
  value: LabelValue.exactOptional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).exactOptional(),
  tolerationSeconds: z.int().exactOptional(),
});
export type Toleration = z.infer<typeof Toleration>;

const Tolerations = z
  .string()
  .transform((text, context) => {
    const parsed = z
      .array(Toleration)
      .max(20)
      .safeParse(text.trim() === '' ? [] : parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue('must be a JSON list of tolerations, such as [{"key":"builds","operator":"Exists"}]');
    return z.NEVER;
  })
  .default([]);

const resourceName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The arguments about a build's Job, which the local plane does not read. */
export const jobArguments = {
  'slipway-cpu': Cpu.default('1'),
  'slipway-memory': Bytes.default('2Gi'),
  'slipway-storage': Bytes.default('10Gi'),
  'slipway-node-selector': NodeSelector,
  'slipway-tolerations': Tolerations,
  'slipway-image-pull-secrets': TextList.refine(
    (names) => names.every((name) => resourceName.test(name)),
    'must be names of Secrets',
  ).default([]),
};

/** Where a run template wants its Job: null for what it does not say. */
export function readJobPlace(
  runTemplate: unknown,
  scope: TemplateScope | null,
): {
  readonly namespace: string | null;
  readonly serviceAccount: string | null;
  readonly problems: readonly Problem[];
} {
  const namespace = readName(runTemplate, scope, 'metadata.namespace', /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  const serviceAccount = readName(runTemplate, scope, 'spec.serviceAccountName', resourceName);
  return {
    namespace: namespace.name,
    serviceAccount: serviceAccount.name,
    problems: [...namespace.problems, ...serviceAccount.problems],
  };
}

function readName(
  runTemplate: unknown,
  scope: TemplateScope | null,
  field: string,
  pattern: RegExp,
): { readonly name: string | null; readonly problems: readonly Problem[] } {
  const template = isPlainObject(runTemplate) ? valueAt(runTemplate, field) : undefined;
  if (template === undefined || template === null || template === '') return { name: null, problems: [] };
  const path = `spec.runTemplate.${field}`;
  const { value, problems } = renderTemplate(template, scope, path);
  if (problems.length > 0) return { name: null, problems };
  if (typeof value === 'string' && pattern.test(value)) return { name: value, problems: [] };
  return { name: null, problems: [{ path, message: 'must be the name of a resource' }] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parsePairs(text: string): Record<string, string> | undefined {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (!items.every((item) => item.includes('='))) return undefined;
  return Object.fromEntries(
    items.map((item) => [item.slice(0, item.indexOf('=')).trim(), item.slice(item.indexOf('=') + 1).trim()]),
  );
}
