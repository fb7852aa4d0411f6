import { followRun } from './follow-run.ts';
import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand } from './usage.ts';
import { wrap } from './wrap.ts';

const help = `slipway run retry NAME [-n NS] [--wait] [--json]

Starts a run that is over again, under the same name and with the same input. What was done already
is found again: the image, the release, the pull request. It ranks as started by hand, also when a
push started it first.

${nameHelp}
  --wait                 shows the steps and ends with the run
  --json                 prints one JSON object instead: workflowId; with --wait also outcome and
                         what was made, or failure (type, step, message)

  slipway run retry greeter-001 --wait

Exit codes: 0 started, with --wait: released, unchanged or superseded; 1 the run failed, is not over
yet, or there is none; 2 wrong usage.
`;

const options = {
  ...namespaceOption,
  wait: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Starts a closed run again; 1 when it still runs, and with `--wait` when it failed. */
export async function runRetry(args: readonly string[], deps: RunDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run retry', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, wait, json }, name) => {
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) => {
      const run = await runs.find(id);
      if (!run) return noSuchRun(runs, id, err);
      const joined = run.outcome === 'running' || (await runs.retry(id)).joined;
      if (joined) {
        const short = `${run.namespace}/${run.name}`;
        const advice = `"slipway run watch ${short}" shows how it gets on, "slipway run cancel ${short}" ends it.`;
        err.write(`${wrap(`${id} is not over yet, so there is nothing to retry. ${advice}`)}\n`);
        return 1;
      }
      if (!json) out.write(`${id} started again\n`);
      else if (!wait) out.write(`${JSON.stringify({ workflowId: id })}\n`);
      return wait ? followRun(runs, id, { json }, out) : 0;
    });
  });
}
