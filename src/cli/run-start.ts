import { Failure } from '../failures.ts';
import type { StartedRun } from '../temporal/start-run.ts';
import { changeField, commitPath, type FieldChange, parseFieldChange } from './change-run.ts';
import { followRun } from './follow-run.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';

export interface RunStartDeps extends RunDeps {
  /** Text of a file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** Reads the text of a file as a run and checks its form after `change`. Throws `InvalidRun`. */
  readRun(text: string, file: string, change: (run: unknown) => unknown): Promise<NamedRun>;
}

/** A ComponentWorkflowRun as it is, and what it is called. */
export interface NamedRun {
  readonly namespace: string;
  readonly name: string;
  readonly run: unknown;
}

const help = `slipway run start -f FILE [--wait] [--commit SHA] [--set PATH=VALUE]... [--json]

Starts the ComponentWorkflowRun of a YAML or JSON file. One of the same name that runs already is
joined; one that is over is started anew.

  -f, --file FILE        the file; - is standard input
  --wait                 shows the steps and ends with the run
  --commit SHA           builds this commit instead of the file's, or of the branch's newest
  --set PATH=VALUE       sets a field of the run, by its path from the top; any number of times. A
                         value is text where the file has text there, else JSON where it is JSON
                         (true, 3, ["a"]), else text
  --json                 prints one JSON object instead: workflowId, joined; with --wait also
                         outcome and what was made, or failure (type, step, message)

  slipway run start -f run.yaml --wait
  slipway run start -f run.yaml --commit 1f0c2d3e --set metadata.name=greeter-002
  slipway run start -f run.yaml --set spec.workflow.parameters.docker.filePath=./Dockerfile.small
  sed s/NAME/greeter-003/ template.yaml | slipway run start -f - --wait --json

Exit codes: 0 started, with --wait: released, unchanged or superseded; 1 the run failed, or could
not be started; 2 wrong usage, or no run in the file.
`;

const options = {
  file: { type: 'string', short: 'f' },
  wait: { type: 'boolean', default: false },
  commit: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
} as const;

/** Starts a run; with `--wait` 1 when it failed. 2 for wrong usage and for a file that holds no run. */
export async function runStart(args: readonly string[], deps: RunStartDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'run start', help, options }, args, outs, async ({ file, wait, commit, set, json }) => {
    if (file === undefined) throw new UsageError('which file? -f FILE');
    const changes = [...(commit === undefined ? [] : [commitChange(commit)]), ...set.map(parseFieldChange)];
    const { namespace, name, run } = await read(file, changes, deps);
    return deps.withRuns(async (runs) => {
      const started = await runs.start({ namespace, name, run, trigger: 'manual' });
      const { workflowId } = started.handle;
      const { joined } = started;
      if (!wait && json) outs.out.write(`${JSON.stringify({ workflowId, joined })}\n`);
      if (!json) outs.out.write(startedText(started));
      return wait ? followRun(runs, workflowId, { json, facts: { joined } }, outs.out) : 0;
    });
  });
}

function startedText({ handle: { workflowId }, joined }: StartedRun): string {
  return joined ? `${workflowId} runs already; joined it\n` : `${workflowId} started\n`;
}

function commitChange(commit: string): FieldChange {
  if (!/^[0-9a-fA-F]{7,40}$/.test(commit)) {
    throw new UsageError(`--commit ${commit}: a commit has 7 to 40 hexadecimal digits`);
  }
  return { path: commitPath, text: commit };
}

/** A file without a run is a mistake in the call, so nothing was started. */
async function read(file: string, changes: readonly FieldChange[], deps: RunStartDeps): Promise<NamedRun> {
  try {
    return await deps.readRun(await deps.readFile(file), file, (run) => changes.reduce(changeField, run));
  } catch (error) {
    if (error instanceof Failure) throw new UsageError(`${error.type}: ${error.message}`);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new UsageError(`${file}: there is no such file`);
    if (typeof code !== 'string') throw error;
    throw new UsageError(`${file} cannot be read: ${code === 'EISDIR' ? 'it is a folder' : code}`);
  }
}
