import type { DeliveryDescription } from '../temporal/describe-delivery.ts';
import type { DeliveryDeps } from './deliveries.ts';
import { type Out, paint } from './out.ts';
import { type Outs, runCommand } from './usage.ts';
import { indent } from './wrap.ts';

const help = `slipway delivery get ID [--json]

Shows what became of a webhook's delivery: a verdict with its reason for every component of the
repository, and how the runs stand that it started.

  ID                     as the answer to the webhook and "slipway delivery list" have it:
                         PROVIDER/ID
  --json                 prints one JSON object instead, as GET /api/v1/deliveries/ID does

  slipway delivery get github/72d3162e-cc78-11e3-81ab-4c9367dc0958

Exit codes: 0 shown, 1 there is no such delivery, 2 wrong usage.
`;

const options = { json: { type: 'boolean', default: false } } as const;

/** Shows one delivery. */
export async function deliveryGet(args: readonly string[], deps: DeliveryDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'delivery get', help, options, argument: 'ID' };
  return runCommand(usage, args, { out, err }, async ({ json }, id) => {
    const found = await deps.withDeliveries((deliveries) => deliveries.describe(id));
    if (found === null) {
      err.write(`There is no delivery ${id}. "slipway delivery list" lists them.\n`);
      return 1;
    }
    out.write(json ? `${JSON.stringify(found)}\n` : deliveryText(found, out));
    return 0;
  });
}

function deliveryText(delivery: DeliveryDescription, out: Out): string {
  const { id, state, repository, branch, commit, actor, receivedAt, notes, verdicts, omitted, failure } = delivery;
  const facts = [
    `delivery    ${id}, ${state}`,
    `repository  ${repository}`,
    `branch      ${branch === null ? 'several' : `${branch} at ${commit?.slice(0, 12)}`}`,
    `received    ${receivedAt}${actor ? `, pushed by ${actor}` : ''}`,
    ...notes.map((note) => `note        ${indent(note, 12)}`),
    ...(failure ? [`failure     ${failure.type}: ${indent(failure.message, 12)}`] : []),
    '',
  ];
  const colours = { start: 'green', skip: 'grey', failed: 'red' } as const;
  const lines = (verdicts ?? []).map(({ component, outcome, reason, detail, run, runOutcome }) => {
    const word = paint(out, colours[outcome], outcome.padEnd(6));
    const started = run === null ? '' : `\n        run ${run}: ${runOutcome ?? 'not known any more'}`;
    return `${word}  ${component}  ${reason}: ${indent(detail, 8)}${started}`;
  });
  const rest = omitted > 0 ? [`and ${omitted} skipped components more`] : [];
  const none = verdicts?.length === 0 ? ['The catalog holds no component of this repository.'] : [];
  return `${[...facts, ...lines, ...rest, ...none].join('\n')}\n`;
}
