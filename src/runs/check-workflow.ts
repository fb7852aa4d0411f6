import { z } from 'zod';
import { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { resolveParameters } from '../openchoreo/workflow/parameters.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { expressionPaths, type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import { commonArguments } from './argument-schemas.ts';
import { buildArguments } from './build-arguments.ts';
import { type Flow, type Flows, findFlow } from './flows.ts';
import { readJobPlace } from './job-arguments.ts';
import { fieldsWithTokens } from './known-tokens.ts';
import { argumentPath, argumentTemplates, readArguments } from './template-arguments.ts';
import { readWorkflowSchema, type WorkflowSchema } from './workflow-schema.ts';
import { workflowWarnings } from './workflow-warnings.ts';
import { zodProblems } from './zod-problems.ts';

/** What is wrong with a ComponentWorkflow whatever runs give, by paths in it. */
export interface WorkflowFindings {
  /** With these no run can succeed. */
  readonly mistakes: readonly Problem[];
  /** With these runs succeed, perhaps otherwise than was meant. */
  readonly warnings: readonly Problem[];
  /** Undefined where it names none that is known. */
  readonly flow?: Flow | undefined;
}

/** Looks through a ComponentWorkflow as far as that goes without a run; what only shows with defaults filled in is a mistake, too. */
export function checkWorkflow(value: unknown, flows: Flows): WorkflowFindings {
  const { data: workflow, error } = ComponentWorkflow.safeParse(value);
  const tokens = fieldsWithTokens(value, '').map((path) => ({ path, message: tokenMessage }));
  if (workflow === undefined) return { mistakes: [...zodProblems(error), ...tokens], warnings: [] };
  const { schema, problems } = readWorkflowSchema(workflow);
  const template = workflow.spec.runTemplate;
  const scope = sampleScope(schema);
  const rendered = readArguments(template, scope);
  const { flow, problems: flowProblems } = findFlow(template, scope, flows);
  const mayDiffer = new Set(
    argumentTemplates(template).flatMap((one) => (namesSomething(one.template) ? one.path : [])),
  );
  const structure = rendered.problems.filter(({ path }) => !isRendering(path, rendered.arguments, mayDiffer));
  const found = argumentProblems(rendered.arguments, flow);
  const others = [...flowProblems, ...readJobPlace(template, scope).problems];
  const filled = others.filter(({ path }) => isFilled(valueAt(value, path), scope));
  return {
    mistakes: unique([...tokens, ...problems, ...structure, ...found, ...filled]),
    warnings: unique(workflowWarnings(workflow, schema, [...rendered.arguments.keys()], flow)),
    flow,
  };
}

/** Of several problems of a field only the first, which is the cause of the others. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ path }, at) => problems.findIndex((one) => one.path === path) === at);
}

const tokenMessage = 'looks like a token. Take it out, revoke it, and store a new one as a secret';

const owner = { namespace: 'default', project: 'project', component: 'component' };

/** Stands for a run that gives nothing but its names. */
function sampleScope({ systemParameters, parameters }: WorkflowSchema): TemplateScope {
  return {
    metadata: {
      workflowRunName: 'run',
      namespaceName: owner.namespace,
      projectName: owner.project,
      componentName: owner.component,
      namespace: `openchoreo-ci-${owner.namespace}`,
    },
    systemParameters: resolveParameters(systemParameters, {}, '').values,
    parameters: resolveParameters(parameters, {}, '').values,
    secretRef: { name: '', type: '', data: [] },
  };
}

/** False for a text that runs without a value for what it names cannot fill. */
function isFilled(template: unknown, scope: TemplateScope): boolean {
  return typeof template !== 'string' || expressionPaths(template).every((path) => valueAt(scope, path) !== undefined);
}

type Arguments = ReturnType<typeof readArguments>['arguments'];

/** True for what a run may well fill in: a value that has no default. */
const isRendering = (path: string, found: Arguments, mayDiffer: ReadonlySet<string>): boolean =>
  [...found].some(([name, { value }]) => {
    const argument = argumentPath(name);
    return value === undefined && path.startsWith(argument) && mayDiffer.has(argument);
  });

/** False for a template that is the same in every run. */
const namesSomething = (template: unknown): boolean =>
  /\b(?:metadata|parameters|systemParameters|secretRef)\b/.test(JSON.stringify(template ?? null));

function argumentProblems(found: Arguments, flow: Flow | undefined): readonly Problem[] {
  const values = Object.fromEntries([...found].map(([name, { value }]) => [name, value]));
  const common = z.object(commonArguments(owner, { httpHosts: 'any' })).safeParse(values).error;
  const own = flow && buildArguments[flow.kind].read(values, '.').error;
  return [common, own].flatMap((error) =>
    (error?.issues ?? []).flatMap(({ path: [first], message }) => {
      const name = String(first);
      const argument = found.get(name);
      if (argument === undefined) return [{ path: argumentPath(name), message: 'is required' }];
      if (argument.value === undefined) return [];
      const filled = argument.expressions.length > 0 ? ` (filled in with the defaults of the schema)` : '';
      return [{ path: argumentPath(name), message: `${message}${filled}` }];
    }),
  );
}
