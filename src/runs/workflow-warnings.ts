import type { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { checkTemplate } from '../openchoreo/workflow/check-template.ts';
import { parseParameterSchema } from '../openchoreo/workflow/parameter-schema.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { fieldPath, type Problem } from '../openchoreo/workflow/problem.ts';
import { expressionPaths, expressionsOf, withoutExpressions } from '../openchoreo/workflow/render.ts';
import type { ParameterFields } from '../openchoreo/workflow/shorthand.ts';
import { isRead } from './argument-schemas.ts';
import type { Flow } from './flows.ts';
import { argumentPath } from './template-arguments.ts';
import { templateNames, type WorkflowSchema } from './workflow-schema.ts';

/** What of a ComponentWorkflow has no effect, or not the one that it looks like; without a schema only what can be told so. */
export function workflowWarnings(
  { spec }: ComponentWorkflow,
  schema: WorkflowSchema,
  names: readonly string[],
  flow: Flow | undefined,
): readonly Problem[] {
  const texts = textsIn({ runTemplate: spec.runTemplate, resources: spec.resources ?? [] }, 'spec');
  return [
    ...joinedConstraints(spec.schema, 'spec.schema'),
    ...typeWarnings(spec.schema?.types ?? {}),
    ...unusedParameters(schema.parameters, texts),
    ...(flow === undefined ? [] : names.filter((name) => !isRead(name, flow.kind))).map((name) => ({
      path: argumentPath(name),
      message: `is not known to the flow ${flow?.name} and has no effect`,
    })),
    ...unreadTemplates(spec.runTemplate, schema),
    ...resourceWarnings(spec.resources ?? [], schema),
    ...texts.flatMap(({ path, text }) =>
      withoutExpressions(text).includes('${')
        ? [{ path, message: 'holds a "${" without "}", which stays as it is' }]
        : [],
    ),
  ];
}

interface FoundText {
  readonly path: string;
  readonly text: string;
}

function textsIn(value: unknown, path: string): readonly FoundText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, at) => textsIn(item, `${path}[${at}]`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    { path: fieldPath(path, name), text: name },
    ...textsIn(item, fieldPath(path, name)),
  ]);
}

/** `enum=a,b|default=x` has three choices and no default: between constraints there must be a blank. */
function joinedConstraints(schema: unknown, path: string): readonly Problem[] {
  return textsIn(schema, path).flatMap(({ path: at, text }) => {
    const [, key] =
      /\S\|(default|enum|minimum|maximum|min\w+|max\w+|pattern|description)=/.exec(text.slice(text.indexOf('|') + 1)) ??
      [];
    return key === undefined
      ? []
      : [{ path: at, message: `"|${key}=" belongs to the constraint before it: put a blank in front of "|"` }];
  });
}

/** Types are read where parameters use them; a broken one that none uses yet is told here. */
function typeWarnings(types: unknown): readonly Problem[] {
  return parseParameterSchema(types, 'spec.schema.types', types).problems;
}

function unusedParameters(fields: ParameterFields, texts: readonly FoundText[]): readonly Problem[] {
  const bodies = texts.flatMap(({ text }) => expressionsOf(text));
  // What is looked up by a name that only a run knows may be any of them.
  if (bodies.some((body) => /parameters\s*(\[|\.\?)|\bparameters\b(?!\s*\.)/.test(body))) return [];
  const used = texts.flatMap(({ text }) => expressionPaths(text));
  const isUsed = (name: string): boolean =>
    used.some((one) => one === name || one.startsWith(`${name}.`) || name.startsWith(`${one}.`));
  return leaves(fields, 'parameters').flatMap((name) =>
    isUsed(name) ? [] : [{ path: `spec.schema.${name}`, message: 'is used in no template, so it has no effect' }],
  );
}

function leaves(fields: ParameterFields, path: string): readonly string[] {
  return [...fields].flatMap(([name, { type }]) =>
    type.kind === 'object' ? leaves(type.fields, fieldPath(path, name)) : [fieldPath(path, name)],
  );
}

/** Slipway does without these parts; OpenChoreo does not. */
function unreadTemplates(runTemplate: unknown, schema: WorkflowSchema): readonly Problem[] {
  const read =
    /^spec\.runTemplate\.(spec\.(arguments\.parameters|workflowTemplateRef\.name|serviceAccountName)|metadata\.namespace)\b/;
  return checkTemplate(runTemplate, templateNames(schema), 'spec.runTemplate').filter(({ path }) => !read.test(path));
}

type Resource = NonNullable<ComponentWorkflow['spec']['resources']>[number];

function resourceWarnings(resources: readonly Resource[], schema: WorkflowSchema): readonly Problem[] {
  return resources.flatMap(({ id, includeWhen, template }, at) => {
    const path = `spec.resources[${at}]`;
    const wrong = [...checkTemplate(template, templateNames(schema), `${path}.template`)];
    if (resources.findIndex((one) => one.id === id) < at)
      wrong.push({ path: `${path}.id`, message: `"${id}" is there twice` });
    if (includeWhen && !/^\s*\$\{.*\}\s*$/s.test(includeWhen))
      wrong.push({ path: `${path}.includeWhen`, message: 'must be one expression: ${…}' });
    // Those of tokens are replaced by the secrets that workers read.
    if (template['kind'] !== 'ExternalSecret')
      wrong.push({ path, message: `is not created by Slipway (${String(template['kind'] ?? 'no kind')})` });
    return wrong;
  });
}
