import { nearNames } from '../runs/near-names.ts';
import { didYouMean, type Outs } from './usage.ts';

/** Commands by their words, such as `run start`. */
export type Commands = Readonly<Record<string, Command>>;

interface Command {
  readonly about: string;
  run(args: string[]): Promise<number>;
}

/** Does the command that the arguments begin with; its exit code. Help without one is 0, an unknown one 2. */
export async function dispatch(commands: Commands, args: readonly string[], { out, err }: Outs): Promise<number> {
  const names = Object.keys(commands);
  const name = names.find((words) => words.split(' ').every((word, index) => args[index] === word));
  const command = name === undefined ? undefined : commands[name];
  if (name !== undefined && command) return command.run(args.slice(name.split(' ').length));

  const words = args.filter((arg) => !arg.startsWith('-'));
  const group = names.filter((other) => other.startsWith(`${words[0]} `));
  const asked = args.length === 0 || args[0] === 'help' || args.includes('--help') || args.includes('-h');
  const only = group.length > 0 && words.length === 1 ? group : names;
  if (asked) out.write(help(commands, only));
  else if (only === group) err.write(`Which of these?\n\n${help(commands, group)}`);
  else err.write(unknown(words.length > 0 ? words : args, names, group));
  return asked ? 0 : 2;
}

function help(commands: Commands, names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length));
  return `slipway: durable build-and-release for GitOps

${names.map((name) => `  slipway ${name.padEnd(width)}  ${commands[name]?.about}\n`).join('')}
"slipway <command> --help" tells more, with examples.
Exit codes: 0 done, 1 the run failed or the command could not be done, 2 wrong usage.
`;
}

function unknown(words: readonly string[], names: readonly string[], group: readonly string[]): string {
  const typed = words.slice(0, group.length > 0 ? 2 : 1).join(' ');
  const last = (name: string) => name.split(' ').at(-1) ?? '';
  const word = last(typed);
  const near = nearNames(word, (group.length > 0 ? group : names).map(last));
  const meant = [
    ...nearNames(words.slice(0, 2).join(' '), names),
    ...names.filter((name) => near.includes(last(name))),
  ];
  const hint = didYouMean([...new Set(meant)].slice(0, 3).map((name) => `"slipway ${name}"`));
  return `unknown command: ${typed}${hint}\n"slipway --help" lists the commands.\n`;
}
