import { omitted } from '../openchoreo/workflow/expression.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { expressionPaths, renderTemplate, type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';
import { toText } from '../openchoreo/workflow/to-text.ts';

/** One entry of a run template's `spec.arguments.parameters`, rendered. */
export interface TemplateArgument {
  /** Undefined where it could not be rendered. */
  readonly value: string | undefined;
  /** Whom to tell about a mistake: the run's field that the value comes from, else the place in the ComponentWorkflow. */
  readonly path: string;
  readonly fromRun: boolean;
  /** What its expressions name, such as `parameters.docker.context`. */
  readonly expressions: readonly string[];
}

/** Reads and renders the arguments of a run template; without a scope they are rendered already. Problems have paths in the ComponentWorkflow. */
export function readArguments(
  runTemplate: unknown,
  scope: TemplateScope | null,
): { readonly arguments: ReadonlyMap<string, TemplateArgument>; readonly problems: readonly Problem[] } {
  const path = argumentsPath;
  const problems: Problem[] = [];
  const found = new Map<string, TemplateArgument>();
  for (const [at, entry] of argumentList(runTemplate, problems).entries()) {
    const name = isPlainObject(entry) ? entry['name'] : undefined;
    if (!isPlainObject(entry) || typeof name !== 'string') {
      problems.push({ path: `${path}[${at}]`, message: 'must be a mapping with a name and a value' });
    } else if (entry['value'] === undefined) {
      problems.push({ path: argumentPath(name), message: 'has no value; valueFrom and the like are not supported' });
    } else if (found.has(name)) {
      problems.push({ path: argumentPath(name), message: 'is given twice' });
    } else {
      const argument = readArgument(name, entry['value'], scope, problems);
      if (argument !== undefined) found.set(name, argument);
    }
  }
  return { arguments: found, problems };
}

/** The values of a run template's arguments as they are written, with their paths. */
export function argumentTemplates(
  runTemplate: unknown,
): readonly { readonly path: string; readonly template: unknown }[] {
  return argumentList(runTemplate, []).flatMap((entry) => {
    const name = isPlainObject(entry) ? entry['name'] : undefined;
    return isPlainObject(entry) && typeof name === 'string'
      ? [{ path: argumentPath(name), template: entry['value'] }]
      : [];
  });
}

/** Path of an argument in a ComponentWorkflow, by its name. */
export function argumentPath(name: string): string {
  return `${argumentsPath}[${JSON.stringify(name)}]`;
}

const argumentsPath = 'spec.runTemplate.spec.arguments.parameters';

function argumentList(runTemplate: unknown, problems: Problem[]): readonly unknown[] {
  const spec = isPlainObject(runTemplate) ? runTemplate['spec'] : undefined;
  const all = isPlainObject(spec) && isPlainObject(spec['arguments']) ? spec['arguments']['parameters'] : undefined;
  if (Array.isArray(all)) return all;
  problems.push({ path: argumentsPath, message: 'must be a list of names and values' });
  return [];
}

/** Undefined for one that the template leaves out by `oc_omit()`. */
function readArgument(
  name: string,
  template: unknown,
  scope: TemplateScope | null,
  problems: Problem[],
): TemplateArgument | undefined {
  const path = argumentPath(name);
  const rendered = renderTemplate(template, scope, path);
  problems.push(...rendered.problems);
  if (rendered.value === omitted) return undefined;
  const expressions = scope !== null && typeof template === 'string' ? expressionPaths(template) : [];
  const given = expressions.filter((one) => valueAt(scope, one) !== undefined);
  const runField = given.map(runPath).find((one) => one !== undefined);
  return {
    value: rendered.problems.length > 0 ? undefined : toText(rendered.value ?? ''),
    path: runField ?? path,
    fromRun: runField !== undefined,
    expressions,
  };
}

/** The field of a ComponentWorkflowRun that a template's name stands for. */
function runPath(expression: string): string | undefined {
  if (/^(parameters|systemParameters)\./.test(expression)) return `spec.workflow.${expression}`;
  return new Map([
    ['metadata.workflowRunName', 'metadata.name'],
    ['metadata.namespaceName', 'metadata.namespace'],
    ['metadata.projectName', 'spec.owner.projectName'],
    ['metadata.componentName', 'spec.owner.componentName'],
  ]).get(expression);
}
