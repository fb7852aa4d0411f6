import { nearNames } from '../runs/near-names.ts';
import type { RunOutcome, RunSummary } from '../temporal/run-summary.ts';
import { listText } from './run-text.ts';
import type { RunDeps } from './runs.ts';
import { didYouMean, type Outs, runCommand, UsageError } from './usage.ts';

const help = `slipway run list [-n NS] [--component NAME] [--outcome OUTCOME] [--limit N] [--json]

Lists the runs that Temporal remembers, the newest first. A run that was retried shows each of its
executions.

  -n, --namespace NS     only this namespace (default: all)
  --component NAME       only this component
  --outcome OUTCOME      running, released, unchanged, superseded, failed, cancelled, terminated or
                         timed-out
  --limit N              at most so many (default: 20)
  --json                 prints one JSON object a line instead: namespace, name, workflowId,
                         execution, project, component, commit, phase, outcome, startedAt, endedAt

  slipway run list --component greeter --outcome failed
  slipway run list --limit 1000 --json | jq -r 'select(.outcome == "failed").name'

Exit codes: 0 listed, also when there are none; 1 Temporal cannot be asked; 2 wrong usage.
`;

const options = {
  namespace: { type: 'string', short: 'n' },
  component: { type: 'string' },
  outcome: { type: 'string' },
  limit: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
} as const;

const outcomes: readonly RunOutcome[] = [
  'running',
  'released',
  'unchanged',
  'superseded',
  'failed',
  'cancelled',
  'terminated',
  'timed-out',
];

/** Lists runs by what they are about and how they stand. */
export async function runList(args: readonly string[], deps: RunDeps, { out, err }: Outs): Promise<number> {
  return runCommand({ command: 'run list', help, options }, args, { out, err }, async (values) => {
    const { namespace, component, limit, json } = values;
    const outcome = values.outcome === undefined ? undefined : readOutcome(values.outcome);
    const most = /^[1-9]\d{0,6}$/.test(limit) ? Number(limit) : undefined;
    if (most === undefined) throw new UsageError(`--limit ${limit}: give a number from 1 on`);
    const found = await deps.withRuns((runs) => take(runs.list({ namespace, component, outcome }), most));
    if (json) out.write(found.map((run) => `${JSON.stringify(run)}\n`).join(''));
    else if (found.length === 0) err.write('There are no such runs.\n');
    else out.write(`${listText(found, Date.now())}\n`);
    return 0;
  });
}

function readOutcome(text: string): RunOutcome {
  const outcome = outcomes.find((one) => one === text);
  if (outcome) return outcome;
  const hint = didYouMean(nearNames(text, outcomes)) || `. There are ${outcomes.join(', ')}`;
  throw new UsageError(`--outcome ${text}: no such outcome${hint}`);
}

async function take(runs: AsyncIterable<RunSummary>, most: number): Promise<readonly RunSummary[]> {
  const taken: RunSummary[] = [];
  for await (const run of runs) if (taken.push(run) === most) break;
  return taken;
}
