import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../../src/occ/flags.ts';

const parse = (...args: string[]) =>
  parseFlags({ texts: ['name', 'target-env'], switches: ['all'], short: { e: 'target-env' } }, args);

describe('parseFlags', () => {
  it('takes the last of equal flags', () => {
    expect(parse('--name', 'a', '--name=b').text('name')).toBe('b');
  });

  it.each([['-e', 'dev'], ['-edev'], ['-e=dev'], ['--target-env=dev']])('reads %s %s', (...args) => {
    expect(parse(...args).text('target-env')).toBe('dev');
  });

  it('takes a value that begins with a dash', () => {
    expect(parse('--name', '-x').text('name')).toBe('-x');
  });

  it('ignores words without dashes', () => {
    expect(parse('surplus', '--name', 'a', 'more').text('name')).toBe('a');
  });

  it('counts a flag as given whatever its value', () => {
    const flags = parse('--all=false', '--name=');
    expect([flags.given('all'), flags.on('all'), flags.given('name'), flags.given('target-env')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it.each([
    [['--nome', 'x'], 'unknown flag: --nome'],
    [['-x'], 'unknown flag: -x'],
    [['--name'], 'flag needs an argument: --name'],
    [['--all=maybe'], '--all: must be true or false'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
