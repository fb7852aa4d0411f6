import type { DeliverySummary } from '../temporal/delivery-summary.ts';
import type { DeliveryDeps } from './deliveries.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';

const help = `slipway delivery list [--limit N] [--json]

Lists the deliveries of webhooks that were taken in and that Temporal remembers, the newest first. A
sweep/... found pushes whose webhook was lost.

  --limit N              at most so many (default: 20)
  --json                 prints one JSON object a line instead: id, state, repository, branch, commit,
                         actor, receivedAt, handledAt, counts (started, skipped, failed)

  slipway delivery list
  slipway delivery list --json | jq -r 'select(.counts.failed > 0).id'

Exit codes: 0 listed, also when there are none; 1 Temporal cannot be asked; 2 wrong usage.
`;

const options = { limit: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } } as const;

/** Lists deliveries and how many components each started. */
export async function deliveryList(args: readonly string[], deps: DeliveryDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'delivery list', help, options }, args, outs, async ({ limit, json }) => {
    const most = /^[1-9]\d{0,6}$/.test(limit) ? Number(limit) : undefined;
    if (most === undefined) throw new UsageError(`--limit ${limit}: give a number from 1 on`);
    const found = await deps.withDeliveries(async (deliveries) => {
      const taken: DeliverySummary[] = [];
      for await (const delivery of deliveries.list()) if (taken.push(delivery) === most) break;
      return taken;
    });
    if (json) outs.out.write(found.map((delivery) => `${JSON.stringify(delivery)}\n`).join(''));
    else if (found.length === 0) outs.err.write('There are no deliveries.\n');
    else outs.out.write(found.map((delivery) => `${line(delivery)}\n`).join(''));
    return 0;
  });
}

function line({ id, state, repository, branch, commit, counts, receivedAt }: DeliverySummary): string {
  const what = counts
    ? `${counts.started} started, ${counts.skipped} skipped${counts.failed > 0 ? `, ${counts.failed} FAILED` : ''}`
    : state;
  const where = branch === null ? 'several branches' : `${branch} ${commit?.slice(0, 12) ?? ''}`;
  return `${receivedAt}  ${id}  ${repository}  ${where}  ${what}`;
}
