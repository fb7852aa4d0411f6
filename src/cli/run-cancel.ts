import { followRun } from './follow-run.ts';
import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand } from './usage.ts';

const help = `slipway run cancel NAME [-n NS] [--wait] [--json]

Asks a run to end. Its build is ended and a branch without a pull request is taken back; an open
pull request stays, with a comment.

${nameHelp}
  --wait                 shows the clean-up and ends with the run
  --json                 prints one JSON object instead: workflowId, cancelling; with --wait
                         also outcome

  slipway run cancel greeter-001 --wait

Exit codes: 0 asked, with --wait: the run has ended; 1 it was over already, or there is no such
run; 2 wrong usage.
`;

const options = {
  ...namespaceOption,
  wait: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Asks a run to end; 1 when it is over already. */
export async function runCancel(args: readonly string[], deps: RunDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run cancel', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, wait, json }, name) => {
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) => {
      const run = await runs.find(id);
      if (!run) return noSuchRun(runs, id, err);
      // Temporal takes a cancellation also for a run that ended a moment ago.
      const isOver = run.outcome !== 'running';
      if (isOver || !(await runs.cancel(id))) {
        const outcome = isOver ? `, ${run.outcome}` : '';
        err.write(`${id} is over already${outcome}: nothing to cancel\n`);
        return 1;
      }
      if (!wait) {
        out.write(
          json
            ? `${JSON.stringify({ workflowId: id, cancelling: true })}\n`
            : `${id} is asked to end; "slipway run watch ${run.namespace}/${run.name}" shows its clean-up\n`,
        );
        return 0;
      }
      await followRun(runs, id, { json, facts: { cancelling: true } }, out);
      return 0;
    });
  });
}
