import { describe, expect, it } from 'vitest';
import { runCommand, UsageError } from '../../../src/cli/usage.ts';
import { Failure } from '../../../src/failures.ts';
import { recordOut } from '../../support/recorded-out.ts';

const usage = {
  command: 'run get',
  help: 'the help\n',
  argument: 'NAME',
  options: { namespace: { type: 'string', short: 'n' }, json: { type: 'boolean', default: false } },
} as const;

async function call(args: readonly string[], work: () => Promise<number> = async () => 0) {
  const seen: unknown[] = [];
  const [out, err] = [recordOut(), recordOut()];
  const code = await runCommand(usage, args, { out, err }, async (values, argument) => {
    seen.push({ ...values }, argument);
    return work();
  });
  return { code, seen, out: out.text(), err: err.text() };
}

describe('runCommand', () => {
  it('gives the options and the argument to the work', async () => {
    expect(await call(['-n', 'shop', 'x', '--json'])).toMatchObject({
      code: 0,
      seen: [{ namespace: 'shop', json: true }, 'x'],
    });
    expect((await call(['x'], async () => 1)).code).toBe(1);
  });

  it('writes the help when it is asked for, whatever else is there', async () => {
    expect(await call(['--nonsense', '--help'])).toMatchObject({ code: 0, out: 'the help\n', err: '', seen: [] });
  });

  it.each([
    [[], 'NAME is missing'],
    [['x', 'y'], 'unexpected argument: y'],
    [['x', '--jsno'], 'unknown option: --jsno. Did you mean --json?'],
    [['x', '-q'], 'unknown option: -q'],
    [['x', '-n'], "Option '-n, --namespace <value>' argument missing"],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, out, err, seen } = await call(args);
    expect([code, out, seen]).toEqual([2, '', []]);
    expect(err).toBe(`${message}\n"slipway run get --help" tells how it is called.\n`);
  });

  it('ends with 2 for a wrong usage that the work finds, and with 1 for a failure', async () => {
    const wrong = async () => Promise.reject(new UsageError('not so'));
    expect(await call(['x'], wrong)).toMatchObject({ code: 2, err: expect.stringMatching(/^not so\n"slipway/) });
    const failure = async () => Promise.reject(new Failure('Unavailable', 'Temporal is away.'));
    expect(await call(['x'], failure)).toMatchObject({ code: 1, err: 'Unavailable: Temporal is away.\n' });
  });

  it('lets a mistake of ours through', async () => {
    await expect(call(['x'], async () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
