import { followRun } from './follow-run.ts';
import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand } from './usage.ts';

const help = `slipway run watch NAME [-n NS] [--json]

Shows the steps of a run as they happen, with attempts and what they wait for, and ends with the
run. Ctrl-C ends the watching only.

${nameHelp}
  --json                 waits in silence and prints one JSON object at the end: workflowId, outcome
                         and what was made, or failure (type, step, message)

  slipway run watch greeter-001
  slipway run watch greeter-001 -n shop --json

Exit codes: 0 released, unchanged or superseded; 1 failed or cancelled, or there is no such run;
2 wrong usage.
`;

const options = { ...namespaceOption, json: { type: 'boolean', default: false } } as const;

/** Follows a run until its end; 1 when it failed. */
export async function runWatch(args: readonly string[], deps: RunDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run watch', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, json }, name) => {
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) =>
      (await runs.find(id)) ? followRun(runs, id, { json }, out) : noSuchRun(runs, id, err),
    );
  });
}
