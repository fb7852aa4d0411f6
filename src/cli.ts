#!/usr/bin/env node
import { streamOut } from './cli/out.ts';

/** Commands by their words. Each is loaded only when it is called, so that help is there at once. */
const commands: Readonly<Record<string, { readonly about: string; run(args: string[]): Promise<number> }>> = {
  demo: {
    about: 'the whole job on this machine: a commit becomes an image and a pull request',
    run: async (args) => (await import('./cli/roots/demo.ts')).runDemo(args),
  },
  'run start': {
    about: 'starts the run of a file, and waits for its end with --wait',
    run: async (args) => (await import('./cli/roots/run-start.ts')).runRunStart(args),
  },
  worker: {
    about: 'runs the steps of runs; stops on SIGINT and SIGTERM',
    run: async (args) => (await import('./cli/roots/worker.ts')).runWorker(args),
  },
};

const help = `slipway: durable build-and-release for GitOps

${Object.entries(commands)
  .map(([name, { about }]) => `  slipway ${name.padEnd(10)} ${about}`)
  .join('\n')}

"slipway <command> --help" tells more. Exit codes: 0 done, 1 the run failed, 2 wrong usage.
`;

const args = process.argv.slice(2);
const name = Object.keys(commands).find((words) => words.split(' ').every((word, index) => args[index] === word));
const command = name === undefined ? undefined : commands[name];
if (name !== undefined && command) {
  process.exitCode = await command.run(args.slice(name.split(' ').length));
} else {
  const asked = args.length === 0 || args.includes('--help');
  streamOut(asked ? process.stdout : process.stderr, process.env).write(
    asked ? help : `unknown command: ${args.join(' ')}\n\n${help}`,
  );
  process.exitCode = asked ? 0 : 2;
}
