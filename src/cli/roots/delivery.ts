import type { DeliveryDeps } from '../deliveries.ts';
import { streamOut } from '../out.ts';
import type { Outs } from '../usage.ts';
import { settings } from './run.ts';

type DeliveryCommand = (args: readonly string[], deps: DeliveryDeps, outs: Outs) => Promise<number>;

/** Does a command about deliveries in the surroundings of this process. What takes long to load comes when it is used, so help does not wait. */
export async function runDeliveryCommand(command: DeliveryCommand, args: readonly string[]): Promise<number> {
  const { env } = process;
  const deps: DeliveryDeps = {
    async withDeliveries(work) {
      const { withDeliveries } = await import('../with-deliveries.ts');
      return withDeliveries(await settings(env), work);
    },
  };
  return command(args, deps, { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) });
}
