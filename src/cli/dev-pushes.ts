import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PushEvent } from '../embedded/forge/push-events.ts';
import type { DeliveryDescription } from '../temporal/describe-delivery.ts';
import type { DeliveryDeps } from './deliveries.ts';

export interface PushDeps extends DeliveryDeps {
  /** Has the code host tell of a push. */
  send(event: PushEvent): Promise<{ readonly status: number; readonly text: string }>;
  print(text: string): void;
  readonly interrupted: AbortSignal;
}

const POLL_MS = 300;
/** After that it is left to `slipway delivery get`. */
const LONGEST_MS = 60_000;

const Taken = z.object({ delivery: z.string() });

/** Tells of a push and prints what it started, as soon as that is known. Never throws. */
export async function showPush(
  event: PushEvent,
  { send, withDeliveries, print, interrupted }: PushDeps,
): Promise<void> {
  const branch = event.ref.replace(/^refs\/heads\//, '');
  const push = `push to ${event.repository}, ${branch} at ${event.after.slice(0, 12)}`;
  try {
    const { status, text } = await send(event);
    if (status === 200) return;
    if (status !== 202) return print(`${push}: the webhook was answered ${status}, ${text}`);
    const { delivery } = Taken.parse(JSON.parse(text));
    const found = await withDeliveries(({ describe }) => handled(() => describe(delivery), interrupted));
    // A new branch of something else, as every release is one, is not worth a line.
    if (/^0+$/.test(event.before) && found?.verdicts?.length === 0) return;
    const lines = found === null ? ['  it is still being handled'] : linesOf(found);
    print([`${push}: delivery ${delivery}`, ...lines].join('\n'));
  } catch (error) {
    if (!interrupted.aborted) print(`${push}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function handled(describe: () => Promise<DeliveryDescription | null>, signal: AbortSignal) {
  for (let waited = 0; waited < LONGEST_MS; waited += POLL_MS) {
    const found = await describe();
    if (found !== null && found.state !== 'handling') return found;
    await sleep(POLL_MS, undefined, { signal });
  }
  return null;
}

function linesOf({ verdicts, failure }: DeliveryDescription): readonly string[] {
  if (failure) return [`  ${failure.type}: ${failure.message}`];
  if (!verdicts?.length) return ['  the catalog holds no component of this repository'];
  return verdicts.map(({ component, outcome, reason, run }) =>
    run === null ? `  ${outcome} ${component}: ${reason}` : `  start ${component}: slipway run watch ${run}`,
  );
}
