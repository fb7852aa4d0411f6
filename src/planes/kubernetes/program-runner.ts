import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { notStarted, type StepContext } from '../steps/step-context.ts';

const keptBytes = 64 * 1024;
const lastOutputMs = 2000;

/** Runs programs in a folder, their output going to the container's log and the last of it being kept for `output`. */
export function createProgramRunner(
  folder: string,
  log: Writable,
): Pick<StepContext, 'run' | 'output'> & { begin(heading: string): void } {
  let kept = Buffer.alloc(0);
  const take = (bytes: Buffer): void => {
    log.write(bytes);
    kept = Buffer.concat([kept, bytes]).subarray(-keptBytes);
  };
  return {
    begin: (heading) => {
      kept = Buffer.alloc(0);
      log.write(heading);
    },
    output: async () => kept.toString('utf8'),
    run: ([program, ...args], environment) =>
      new Promise((resolve) => {
        const child = spawn(program, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.on('data', take);
        child.stderr.on('data', take);
        child.on('error', () => resolve(notStarted));
        child.on('exit', (code, signal) => {
          const end = (): void => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
          child.on('close', end);
          // What a RUN left in the background may hold the output open for ever.
          setTimeout(end, lastOutputMs).unref();
        });
      }),
  };
}
