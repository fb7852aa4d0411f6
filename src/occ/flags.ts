import { Failure } from '../failures.ts';

/** Which flags a command has, by name without dashes: those with a value, those without, and one-letter names of some. */
export interface FlagNames {
  readonly texts: readonly string[];
  readonly switches: readonly string[];
  readonly short?: Readonly<Record<string, string>>;
}

/** What a command was called with. */
export interface Flags {
  /** Empty where the flag was not given. */
  text(name: string): string;
  on(name: string): boolean;
  /** True where the flag stands among the arguments by its long name, whatever its value. */
  given(name: string): boolean;
}

/** Reads arguments as the original tool does: the last of equal flags counts, words without dashes are ignored. Throws a `Failure`. */
export function parseFlags({ texts, switches, short = {} }: FlagNames, args: readonly string[]): Flags {
  const values = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined && arg !== '--'; arg = rest.shift()) {
    if (!arg.startsWith('-') || arg === '-') continue;
    const { name, value } = split(arg, short);
    if (switches.includes(name)) values.set(name, String(isTrue(name, value ?? 'true')));
    else if (texts.includes(name)) values.set(name, value ?? rest.shift() ?? missing(arg));
    else throw new Failure('InvalidRun', `unknown flag: ${arg.split('=')[0]}`);
  }
  return {
    text: (name) => values.get(name) ?? '',
    on: (name) => values.get(name) === 'true',
    given: (name) => args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`)),
  };
}

function split(arg: string, short: Readonly<Record<string, string>>) {
  if (!arg.startsWith('--')) {
    const [, letter = '', value = ''] = /^-(.)=?(.*)$/s.exec(arg) ?? [];
    return { name: short[letter] ?? '', value: value === '' ? undefined : value };
  }
  const equals = arg.indexOf('=');
  if (equals === -1) return { name: arg.slice(2), value: undefined };
  return { name: arg.slice(2, equals), value: arg.slice(equals + 1) };
}

function isTrue(name: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new Failure('InvalidRun', `invalid value "${value}" for --${name}: must be true or false`);
}

function missing(arg: string): never {
  throw new Failure('InvalidRun', `flag needs an argument: ${arg}`);
}
