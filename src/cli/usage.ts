import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Failure } from '../failures.ts';
import { nearNames } from '../runs/near-names.ts';
import { type Out, paint } from './out.ts';
import { wrap } from './wrap.ts';

/** How a command is called. */
export interface Usage<Options extends ParseArgsOptionsConfig> {
  /** Its words after `slipway`. */
  readonly command: string;
  readonly help: string;
  readonly options: Options;
  /** What its one argument without a dash is, such as `NAME`; absent where it takes none. */
  readonly argument?: string;
  /** True where that argument may be left out; it is empty then. */
  readonly isOptional?: boolean;
}

/** Where a command writes: what was asked for, and what went wrong. */
export interface Outs {
  readonly out: Out;
  readonly err: Out;
}

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; strict: true }>
>['values'];

/** What is wrong with how a command was called; it ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads a command's arguments and does its work. Ends with the exit code of the work, with 0 after `--help`, with 2 after wrong
 * usage and with 1 after a `Failure`, which is written as a message; anything else is thrown.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  usage: Usage<Options>,
  args: readonly string[],
  { out, err }: Outs,
  work: (values: Values<Options>, argument: string) => Promise<number>,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    out.write(usage.help);
    return 0;
  }
  try {
    const { values, argument } = readArguments(usage, args);
    return await work(values, argument);
  } catch (error) {
    if (error instanceof UsageError) {
      err.write(`${wrap(error.message)}\n"slipway ${usage.command} --help" tells how it is called.\n`);
      return 2;
    }
    if (!(error instanceof Failure)) throw error;
    err.write(`${paint(err, 'red', error.type)}: ${wrap(error.message, error.type.length + 2)}\n`);
    return 1;
  }
}

function readArguments<Options extends ParseArgsOptionsConfig>(usage: Usage<Options>, args: readonly string[]) {
  const { values, positionals } = parse(usage, args);
  const [argument = '', surplus] = positionals;
  if (usage.argument && !usage.isOptional && argument === '') throw new UsageError(`${usage.argument} is missing`);
  const unexpected = usage.argument ? surplus : positionals[0];
  if (unexpected !== undefined) throw new UsageError(`unexpected argument: ${unexpected}`);
  return { values, argument };
}

function parse<Options extends ParseArgsOptionsConfig>({ options }: Usage<Options>, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [, unknown] = /^Unknown option '(-+[^']+)'/.exec(error.message) ?? [];
    if (unknown === undefined) throw new UsageError(error.message.split('. ')[0] ?? error.message);
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`unknown option: ${unknown}${didYouMean(nearNames(unknown, names))}`);
  }
}

/** ` Did you mean a or b?`, or nothing where no name is near. */
export function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `. Did you mean ${names.join(' or ')}?`;
}
