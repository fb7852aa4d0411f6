import { describe, expect, it } from 'vitest';
import { type Check, type Finding, runChecks } from '../../../src/doctor/check.ts';
import { Failure } from '../../../src/failures.ts';

const never = new Promise<never>(() => undefined);
const check = (name: string, run: Check['run']): Check => ({ name, run });

async function findings(checks: readonly Check[], limitMs = 10_000): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of runChecks(checks, limitMs)) found.push(finding);
  return found;
}

describe('runChecks', () => {
  it('starts all checks at once and tells what they find in their order', async () => {
    const finish = Promise.withResolvers<void>();
    const found = await findings([
      check('slow', async () => {
        await finish.promise;
        return { state: 'ok', text: 'after the other' };
      }),
      check('quick', async () => {
        finish.resolve();
        return { state: 'warn', text: 'hm', fix: 'mend it' };
      }),
    ]);

    expect(found).toEqual([
      { check: 'slow', state: 'ok', text: 'after the other', fix: null },
      { check: 'quick', state: 'warn', text: 'hm', fix: 'mend it' },
    ]);
  });

  it('fails one that takes longer than its limit, and tells it by its signal', async () => {
    let told = false;
    const [found] = await findings(
      [
        check('hanging', (signal) => {
          signal.addEventListener('abort', () => {
            told = true;
          });
          return never;
        }),
      ],
      50,
    );

    expect(found).toMatchObject({ state: 'fail', text: 'no answer within 0.05 s' });
    expect(told).toBe(true);
  });

  it('takes what is thrown for a verdict, with the type of a failure of ours', async () => {
    const found = await findings([
      check('ours', () => Promise.reject(new Failure('AccessDenied', 'store another token'))),
      check('other', () => Promise.reject(new Error('boom'))),
    ]);

    expect(found.map(({ state, text }) => [state, text])).toEqual([
      ['fail', 'AccessDenied: store another token'],
      ['fail', 'boom'],
    ]);
  });
});
