import { nearNames } from '../runs/near-names.ts';
import type { Out } from './out.ts';
import type { Runs } from './runs.ts';
import { didYouMean } from './usage.ts';
import { wrap } from './wrap.ts';

/** Runs that are looked through for a name that was meant. */
const LOOKED_AT = 500;

/** Says that there is no such run, and which one may have been meant; the exit code. */
export async function noSuchRun(runs: Runs, workflowId: string, err: Out): Promise<number> {
  const [, namespace = '', name = ''] = workflowId.split('/');
  const names = new Set<string>();
  let looked = 0;
  for await (const run of runs.list({ namespace })) {
    names.add(run.name);
    if (++looked === LOOKED_AT) break;
  }
  const meant = didYouMean(nearNames(name, [...names]).map((near) => `${namespace}/${near}`));
  err.write(
    `${wrap(`There is no run ${namespace}/${name}${meant || '. "slipway run list" shows those that there are.'}`)}\n`,
  );
  return 1;
}
