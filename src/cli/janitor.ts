import type { JanitorResult } from '../runs/cleaned.ts';
import { type Outs, runCommand } from './usage.ts';

export interface JanitorDeps {
  /** Has a worker clean up, and waits for the end. */
  clean(dryRun: boolean): Promise<JanitorResult>;
}

const help = `slipway janitor [--dry-run] [--json]

Has a worker remove now what nobody needs any more; the schedule "slipway-janitor" does so once a
day. SLIPWAY_KEEP_... of the workers say how long things stay; deploy/README.md says what they are.

  --dry-run    deletes nothing, and says what would be deleted
  --json       prints one JSON object: jobs, cleanedAt, cleaned (count, removed, notes)

  slipway janitor --dry-run

Exit codes: 0 done, 1 something could not be looked at or removed, 2 wrong usage.
`;

const options = { 'dry-run': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } as const;

/** Cleans up now. */
export async function janitor(args: readonly string[], deps: JanitorDeps, { out, err }: Outs): Promise<number> {
  return runCommand({ command: 'janitor', help, options }, args, { out, err }, async ({ json, ...values }) => {
    const dryRun = values['dry-run'];
    const result = await deps.clean(dryRun);
    const { removed, count, notes } = result.cleaned ?? { removed: [], count: 0, notes: [] };
    if (json) out.write(`${JSON.stringify(result)}\n`);
    else {
      for (const { kind, place, name, reason } of removed) out.write(`${kind}  ${place}  ${name}  (${reason})\n`);
      const verb = dryRun ? 'would be removed' : 'removed';
      const jobs = result.jobs === 0 ? '' : `, and ${result.jobs} Jobs that nobody waits for`;
      out.write(`${count} ${verb}${jobs}.\n`);
    }
    for (const note of notes) err.write(`${note}\n`);
    return notes.length > 0 ? 1 : 0;
  });
}
