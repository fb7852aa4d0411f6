import { describe, expect, it } from 'vitest';
import { doctor } from '../../../src/cli/doctor.ts';
import type { Check, Verdict } from '../../../src/doctor/check.ts';

const secret = 'tok-very-secret-0123';

function stage(verdicts: Readonly<Record<string, Verdict>>) {
  const written = { out: '', err: '' };
  const seen: { runs: unknown[]; closed: number } = { runs: [], closed: 0 };
  const out = (stream: 'out' | 'err') => ({
    write: (text: string) => {
      written[stream] += text;
    },
    columns: undefined,
    colours: false,
  });
  const checks: Check[] = Object.entries(verdicts).map(([name, verdict]) => ({ name, run: async () => verdict }));
  const deps = {
    readFile: async (path: string) => (path === 'run.yaml' ? 'kind: X' : Promise.reject(new Error('no such file'))),
    open: async (run: unknown) => {
      seen.runs.push(run);
      return {
        checks,
        redact: (text: string) => text.replaceAll(secret, '***'),
        close: async () => {
          seen.closed += 1;
        },
      };
    },
  };
  return { written, seen, run: (...args: string[]) => doctor(args, deps, { out: out('out'), err: out('err') }) };
}

const fine: Verdict = { state: 'ok', text: 'there' };
const odd: Verdict = { state: 'warn', text: 'odd', fix: 'look at it' };
const broken: Verdict = { state: 'fail', text: `refused ${secret}`, fix: 'store another' };

describe('doctor', () => {
  it('prints a line for each check with the fix below it, and answers 0 for warnings', async () => {
    const { run, written, seen } = stage({ temporal: fine, clock: odd });

    expect(await run()).toBe(0);
    expect(written.out).toContain(
      'ok    temporal          there\nwarn  clock             odd\n                        → look at it\n',
    );
    expect(seen).toEqual({ runs: [null], closed: 1 });
  });

  it('answers 1 when a check fails, and shows no secret in either form', async () => {
    const text = stage({ token: broken });
    expect(await text.run()).toBe(1);
    expect(text.written.out).toContain('fail  token             refused ***');

    const json = stage({ token: broken, clock: fine });
    expect(await json.run('--json')).toBe(1);
    expect(JSON.parse(json.written.out)).toEqual({
      ok: false,
      checks: [
        { check: 'token', state: 'fail', text: 'refused ***', fix: 'store another' },
        { check: 'clock', state: 'ok', text: 'there', fix: null },
      ],
    });
  });

  it('hands the run of a file to the checks, and answers 2 to a file that is not there', async () => {
    const { run, seen, written } = stage({ temporal: fine });

    expect(await run('-f', 'run.yaml')).toBe(0);
    expect(seen.runs).toEqual([{ file: 'run.yaml', text: 'kind: X' }]);
    expect(await run('-f', 'other.yaml')).toBe(2);
    expect(written.err).toContain('other.yaml cannot be read: no such file');
    expect(await run('--fast')).toBe(2);
  });
});
