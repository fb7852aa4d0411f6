import { Failure } from '../failures.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { type Problem, pathParts } from '../openchoreo/workflow/problem.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import { splitDocuments } from '../openchoreo/yaml/documents.ts';
import { readDocument } from '../openchoreo/yaml/read.ts';
import { checkWorkflow } from '../runs/check-workflow.ts';
import type { Flows } from '../runs/flows.ts';
import { type Out, paint } from './out.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';
import { findWorkflow, namespacesOf, type WorkflowDeps, type WorkflowTools } from './workflows.ts';

const help = `slipway workflow validate [FILE | NAME] [-n NS] [--catalog DIR] [--strict] [--json]

Says all that is wrong with a ComponentWorkflow whatever its runs give: the shorthand of its
schema, expressions of its templates and functions that are not offered, arguments of its flow.

  FILE | NAME            a YAML file (its name ends in .yaml, .yml or .json, or holds a /; - is
                         standard input), or a ComponentWorkflow of the catalog (default: all)
  -n, --namespace NS     of the catalog, only this namespace (default: all)
  --catalog DIR          YAML files, such as a checkout of the GitOps repository (default:
                         SLIPWAY_CATALOG)
  --strict               warnings count as mistakes
  --json                 prints one JSON object instead: valid, workflows (namespace, name, file,
                         mistakes, warnings: each a list of path, line, message); or failure
                         (type, message). file and line are null where the catalog has no files

  slipway workflow validate docker-gitops-release.yaml
  slipway workflow validate --catalog ./gitops --strict

Exit codes: 0 valid, 1 there are mistakes or a file cannot be read as YAML, 2 wrong usage.
`;

const options = {
  namespace: { type: 'string', short: 'n' },
  catalog: { type: 'string' },
  strict: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

interface PlacedProblem extends Problem {
  readonly line: number | null;
}

interface Validated {
  readonly namespace: string;
  readonly name: string;
  readonly file: string | null;
  readonly mistakes: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
}

/** Prints the mistakes and warnings of ComponentWorkflows; 1 where there are mistakes. */
export async function workflowValidate(args: readonly string[], deps: WorkflowDeps, outs: Outs): Promise<number> {
  const usage = { command: 'workflow validate', help, options, argument: 'FILE or NAME', isOptional: true };
  return runCommand(usage, args, outs, async ({ namespace, catalog, strict, json }, what) => {
    const { out } = outs;
    try {
      const found = isFile(what)
        ? validateText(await read(what, deps), what, await deps.readFlows())
        : await validateCatalog(await deps.openTools(catalog), namespace, what);
      const valid = found.every(({ mistakes, warnings }) => mistakes.length + (strict ? warnings.length : 0) === 0);
      out.write(json ? `${JSON.stringify({ valid, workflows: found }, null, 2)}\n` : report(found, out));
      return valid ? 0 : 1;
    } catch (error) {
      if (json && error instanceof Failure)
        out.write(`${JSON.stringify({ failure: { type: error.type, message: error.message } }, null, 2)}\n`);
      throw error;
    }
  });
}

const isFile = (what: string): boolean => what === '-' || /\/|\.(ya?ml|json)$/i.test(what);

async function read(path: string, deps: WorkflowDeps): Promise<string> {
  return deps.readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR')
      throw new UsageError(`${path} is a folder: slipway workflow validate --catalog ${path}`);
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function validateText(text: string, file: string, flows: Flows): readonly Validated[] {
  const documents = splitDocuments(text).map((range) => readDocument(text, range, file));
  const found = documents.flatMap(({ value, lineOf }) => {
    if (!isPlainObject(value) || value['kind'] !== 'ComponentWorkflow') return [];
    const place = (problem: Problem) => ({ ...problem, line: lineOf(pathParts(problem.path)) });
    const { mistakes, warnings } = checkWorkflow(value, flows);
    const namespace = valueAt(value, 'metadata.namespace') ?? 'default';
    const name = valueAt(value, 'metadata.name') ?? '?';
    return [
      {
        namespace: String(namespace),
        name: String(name),
        file,
        mistakes: mistakes.map(place).toSorted(byLine),
        warnings: warnings.map(place).toSorted(byLine),
      },
    ];
  });
  if (found.length > 0) return found;
  const kinds = documents.map(({ value }) => String(valueAt(value, 'kind') ?? 'a document without kind'));
  throw new Failure('ManifestInvalid', `${file}: holds no ComponentWorkflow, but ${kinds.join(', ') || 'nothing'}.`);
}

const byLine = (a: { line: number }, b: { line: number }): number => a.line - b.line;

async function validateCatalog(
  tools: WorkflowTools,
  namespace: string | undefined,
  name: string,
): Promise<readonly Validated[]> {
  const { catalog } = tools;
  if (name !== '') return [await validateOne(tools, namespace ?? 'default', name)];
  const spaces = await namespacesOf(catalog, namespace);
  const each = spaces.map(async (space) => {
    const names = await catalog.names('ComponentWorkflow', space);
    return Promise.all(names.map((one) => validateOne(tools, space, one)));
  });
  const found = (await Promise.all(each)).flat();
  if (found.length > 0) return found;
  throw new UsageError(`there are no ComponentWorkflows in the ${catalog.description}`);
}

async function validateOne(tools: WorkflowTools, namespace: string, name: string): Promise<Validated> {
  const { catalog, flows } = tools;
  const value = await findWorkflow(catalog, namespace, name);
  const source = await catalog.textOf?.('ComponentWorkflow', namespace, name);
  const inFile = source && validateText(source.text, source.path, flows);
  const found = inFile?.findLast((one) => one.namespace === namespace && one.name === name);
  if (found !== undefined) return found;
  const { mistakes, warnings } = checkWorkflow(value, flows);
  const unplaced = (problem: Problem) => ({ ...problem, line: null });
  return {
    namespace,
    name,
    file: null,
    mistakes: mistakes.map(unplaced),
    warnings: warnings.map(unplaced),
  };
}

function report(found: readonly Validated[], out: Out): string {
  return found.map((one) => `${lines(one, out).join('\n')}\n`).join('');
}

function lines({ namespace, name, file, mistakes, warnings }: Validated, out: Out): readonly string[] {
  const line = (problem: PlacedProblem, mark: string): string =>
    `${file === null ? `${namespace}/${name}` : `${file}:${problem.line}`}: ${mark}${problem.path}: ${problem.message}`;
  const count = (list: readonly unknown[], what: string) => `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
  const verdict =
    mistakes.length + warnings.length === 0
      ? paint(out, 'green', 'valid')
      : `${count(mistakes, 'mistake')}, ${count(warnings, 'warning')}`;
  return [
    ...mistakes.map((problem) => line(problem, `${paint(out, 'red', 'mistake')}: `)),
    ...warnings.map((problem) => line(problem, `${paint(out, 'yellow', 'warning')}: `)),
    `ComponentWorkflow ${namespace}/${name}: ${verdict}`,
  ];
}
