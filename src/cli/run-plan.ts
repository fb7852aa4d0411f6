import { Failure } from '../failures.ts';
import { type LookedPlan, planJson, planText } from './run-plan-text.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';

/** Which plan, and what to look at for it. */
export interface PlanRequest {
  readonly file: string;
  readonly text: string;
  /** Folder of the catalog; undefined for that of the settings. */
  readonly catalog: string | undefined;
  readonly resolve: boolean;
  readonly diff: boolean;
}

export interface RunPlanDeps {
  /** Text of a file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** Throws `Failure` for a run that does not fit, `UsageError` for settings that do not. */
  makePlan(request: PlanRequest): Promise<LookedPlan>;
}

const help = `slipway run plan -f FILE [--catalog DIR] [--resolve] [--diff] [--json]

Says what the run of a file would do, and starts nothing. Needs no credentials, and without
--resolve and --diff no network, unless SLIPWAY_CATALOG names a repository.

  -f, --file FILE        the ComponentWorkflowRun as YAML or JSON; - is standard input
  --catalog DIR          YAML files with the Component, its type and the ComponentWorkflow, such as
                         a checkout of the GitOps repository (default: SLIPWAY_CATALOG)
  --resolve              finds the branch's commit, and checks that what the build needs and the
                         descriptor are in it; of a React build also package manager, whole
                         Dockerfile and digests of base images
  --diff                 also shows what the pull request would change; the image's digest is not
                         yet known then
  --json                 prints one JSON object instead: flow, source, build, generated (of a
                         React build), image, gitops, warnings and more; or failure (type, message)

  slipway run plan -f run.yaml --catalog ./gitops
  slipway run plan -f run.yaml --diff

Exit codes: 0 the plan is printed, 1 the run does not fit, 2 wrong usage.
`;

const options = {
  file: { type: 'string', short: 'f' },
  catalog: { type: 'string' },
  resolve: { type: 'boolean', default: false },
  diff: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Prints the plan of a run; 1 when the run does not fit, with every field that is wrong. */
export async function runPlan(args: readonly string[], deps: RunPlanDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'run plan', help, options }, args, outs, async (values) => {
    const { file, catalog, resolve, diff, json } = values;
    if (file === undefined) throw new UsageError('which file? -f FILE');
    const text = await deps.readFile(file).catch((error: unknown) => {
      throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    });
    const { out } = outs;
    try {
      const looked = await deps.makePlan({ file, text, catalog, resolve, diff });
      out.write(json ? planJson(looked) : planText(looked, out));
      return 0;
    } catch (error) {
      if (json && error instanceof Failure) {
        const { type, message } = error;
        out.write(`${JSON.stringify({ failure: { type, message } }, null, 2)}\n`);
      }
      throw error;
    }
  });
}
