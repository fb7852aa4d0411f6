import type { DeliveryDeps } from './deliveries.ts';
import { type Outs, runCommand } from './usage.ts';

const help = `slipway delivery replay ID

Has a webhook's delivery handled again as it came, with the components that there are now. A run
that ended well is not started again; one that failed is.

  slipway delivery replay github/72d3162e-cc78-11e3-81ab-4c9367dc0958

Exit codes: 0 it is being handled, 1 there is no such delivery, 2 wrong usage.
`;

/** Has a delivery handled once more. */
export async function deliveryReplay(args: readonly string[], deps: DeliveryDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'delivery replay', help, options: {}, argument: 'ID' };
  return runCommand(usage, args, { out, err }, async (_values, id) =>
    deps.withDeliveries(async (deliveries) => {
      if (id.startsWith('sweep/')) {
        err.write(`${id} is a sweep, which is not done again: the next one looks anew.\n`);
        return 1;
      }
      if ((await deliveries.describe(id)) === null) {
        err.write(`There is no delivery ${id}. "slipway delivery list" lists them.\n`);
        return 1;
      }
      const again = await deliveries.replay(id);
      out.write(again ? `${id} is handled again.\n` : `${id} is being handled right now.\n`);
      return 0;
    }),
  );
}
