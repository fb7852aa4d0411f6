import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import { descriptionText } from './run-text.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand } from './usage.ts';

const help = `slipway run get NAME [-n NS] [--json]

Shows where a run stands: its steps with attempts and what they wait for, what it made, and how it
ended.

${nameHelp}
  --json                 prints one JSON object instead: outcome, commit, status (the steps),
                         pending (attempts), result, failure (type, step, message), ...

  slipway run get greeter-001
  slipway run get default/greeter-001 --json | jq .failure

Exit codes: 0 shown, however the run stands; 1 there is no such run; 2 wrong usage.
`;

const options = { ...namespaceOption, json: { type: 'boolean', default: false } } as const;

/** Shows one run. */
export async function runGet(args: readonly string[], deps: RunDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run get', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, json }, name) => {
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) => {
      const run = await runs.describe(id);
      if (!run) return noSuchRun(runs, id, err);
      const link = runs.link(id);
      out.write(json ? `${JSON.stringify({ ...run, link })}\n` : descriptionText(run, link, Date.now(), out));
      return 0;
    });
  });
}
