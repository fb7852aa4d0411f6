import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder?: string;
  readonly input?: string;
  /** The command is killed after this time. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** Null when a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell and waits for its end; throws only where it cannot be started. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(command, args, {
    env: options.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    ...(options.folder !== undefined && { cwd: options.folder }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A program that ends without reading its input closes the pipe under us: its exit code tells what matters.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a program as `runCommand` does and returns its output; throws with the end of what it said when it fails. */
export async function commandOutput(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const result = await runCommand(command, args, options);
  if (result.code === 0) return result.stdout;
  const said = lastLines(result.stderr.trim() || result.stdout.trim(), 15);
  throw new Error(`${command} ${args[0] ?? ''} ended with ${result.code ?? 'a signal'}: ${said}`);
}

/** The last lines of a text. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
