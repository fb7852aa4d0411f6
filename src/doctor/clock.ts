import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';

const tolerableSeconds = 60;

/** Does this machine's clock agree with the forge's? */
export function checkClock(repository: (signal: AbortSignal) => Promise<ForgeAnswer>): Check {
  return {
    name: 'clock',
    async run(signal) {
      const { headers } = await repository(signal);
      return judgeClock(headers.get('date'), Date.now());
    },
  };
}

/** What the time in a forge's answer means; App tokens and certificates depend on it. */
export function judgeClock(date: string | null, now: number): Verdict {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { state: 'ok', text: 'the forge tells no time' };
  const seconds = Math.round((now - theirs) / 1000);
  const text = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the forge's`;
  if (Math.abs(seconds) <= tolerableSeconds) return { state: 'ok', text };
  return { state: 'warn', text, fix: "set this machine's clock, for example by NTP" };
}
