import { spawn } from 'node:child_process';
import type { Command } from '../../builds/engine-commands.ts';

/** Runs a short command: whether it ends well within ten seconds, and the first line that it prints or what is wrong. */
export function tryCommand(
  [program, ...args]: Command,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly works: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
    let output = '';
    const collect = (text: Buffer): void => {
      output = (output + text.toString('utf8')).slice(0, 2000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', () => resolve({ works: false, text: `${program} is not installed` }));
    child.on('close', (code) => {
      const line = output.trim().split('\n')[0] ?? '';
      resolve(
        code === 0
          ? { works: true, text: line }
          : { works: false, text: `${program} ${args[0]}: ${line || `exit code ${code}`}` },
      );
    });
  });
}
