import { spawn } from 'node:child_process';
import type { Command } from '../../builds/engine-commands.ts';
import { notStarted } from './step-context.ts';

export interface ProgramOptions {
  /** All of the child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** File descriptor that takes its output. */
  readonly log: number;
  /** Only what it prints as errors goes there. */
  readonly quiet?: boolean;
}

/** Runs a program to its end in this process group and says its exit code: `notStarted` where it can't be started, 128 + 9 where it was killed. */
export function runProgram(
  [program, ...args]: Command,
  { environment, folder, log, quiet }: ProgramOptions,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', quiet ? 'ignore' : log, log],
    });
    child.on('error', () => resolve(notStarted));
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
}
