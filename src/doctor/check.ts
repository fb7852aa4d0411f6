import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failures.ts';

/** What a check found; what is not fine says what to do, unless the text does already. */
export type Verdict =
  | { readonly state: 'ok'; readonly text: string }
  | { readonly state: 'warn' | 'fail'; readonly text: string; readonly fix: string | null };

/** One question to the world around Slipway. Changes nothing there. */
export interface Check {
  readonly name: string;
  /** A failure that is thrown is a verdict too. */
  run(signal: AbortSignal): Promise<Verdict>;
}

export interface Finding {
  readonly check: string;
  readonly state: Verdict['state'];
  readonly text: string;
  readonly fix: string | null;
}

/** Starts all checks at once and gives what they find in their order; one that takes longer than the limit fails. */
export async function* runChecks(checks: readonly Check[], limitMs: number): AsyncGenerator<Finding> {
  for (const finding of checks.map((check) => runCheck(check, limitMs))) yield await finding;
}

async function runCheck({ name, run }: Check, limitMs: number): Promise<Finding> {
  const ended = new AbortController();
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ended.signal]);
  const late = sleep(limitMs, undefined, { signal: ended.signal }).then(
    (): Verdict => ({
      state: 'fail',
      text: `no answer within ${limitMs / 1000} s`,
      fix: 'look at the network between here and there',
    }),
    (): Promise<never> => new Promise(() => undefined),
  );
  const verdict = await Promise.race([run(limit).catch(thrown), late]);
  ended.abort();
  return { check: name, state: verdict.state, text: verdict.text, fix: verdict.state === 'ok' ? null : verdict.fix };
}

/** The messages of our failures say what to do themselves. */
function thrown(error: unknown): Verdict {
  const text = error instanceof Error ? error.message : String(error);
  return { state: 'fail', text: error instanceof Failure ? `${error.type}: ${text}` : text, fix: null };
}
