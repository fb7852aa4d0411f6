import { describe, expect, it } from 'vitest';
import { type Commands, dispatch } from '../../../src/cli/dispatch.ts';
import { recordOut } from '../../support/recorded-out.ts';

async function call(...args: string[]) {
  const [out, err] = [recordOut(), recordOut()];
  const called: string[][] = [];
  const command = (name: string) => ({
    about: `does ${name}`,
    run: async (rest: string[]) => {
      called.push([name, ...rest]);
      return 7;
    },
  });
  const commands: Commands = Object.fromEntries(
    ['run start', 'run list', 'worker'].map((name) => [name, command(name)]),
  );
  const code = await dispatch(commands, args, { out, err });
  return { code, called, out: out.text(), err: err.text() };
}

describe('dispatch', () => {
  it('does the command with the arguments after its words', async () => {
    expect(await call('run', 'start', '-f', 'x')).toMatchObject({
      code: 7,
      called: [['run start', '-f', 'x']],
      out: '',
    });
    expect(await call('worker', '--help')).toMatchObject({ code: 7, called: [['worker', '--help']] });
  });

  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists the commands for %j', async (args) => {
    const { code, out, err } = await call(...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/ {2}slipway run start {2}does run start\n.* {2}slipway worker {5}does worker\n/s);
  });

  it('lists the commands of a group', async () => {
    const { code, out } = await call('run', '--help');
    expect([code, out.includes('slipway run list'), out.includes('slipway worker')]).toEqual([0, true, false]);
    expect(await call('run')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('slipway run list') });
  });

  it.each([
    [['run', 'strat'], 'unknown command: run strat. Did you mean "slipway run start"?'],
    [['rn', 'start'], 'unknown command: rn. Did you mean "slipway run start"?'],
    [['start', '-f', 'x'], 'unknown command: start. Did you mean "slipway run start"?'],
    [['wroker'], 'unknown command: wroker. Did you mean "slipway worker"?'],
    [['--jsn'], 'unknown command: --jsn'],
    [['quite-different'], 'unknown command: quite-different'],
  ])('says what may be meant by %j', async (args, message) => {
    const { code, out, err, called } = await call(...args);
    expect([code, out, called]).toEqual([2, '', []]);
    expect(err).toBe(`${message}\n"slipway --help" lists the commands.\n`);
  });
});
