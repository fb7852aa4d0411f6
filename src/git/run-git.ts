import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Failure } from '../failures.ts';

/** One git process. */
export interface GitCommand {
  readonly args: readonly string[];
  /** Folder of the repository; the process runs there. */
  readonly folder: string;
  /** All of the child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the child and its children; the call then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Written to the child's standard input, which is empty by default. */
  readonly input?: string | Buffer;
  /** More output than this ends the child with `Unavailable`; 256 MiB by default. */
  readonly maxOutputBytes?: number;
  /** More time than this ends the child with `Unavailable`; a minute by default. */
  readonly timeoutMs?: number;
}

/** How a git process ended; one ended by a signal has 128 and its number, as in a shell. Exit codes other than 0 are answers, and what they mean is the caller's to say. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  /** Cut to its last 64 KiB. */
  readonly stderr: string;
}

const defaultMaxOutput = 256 * 1024 * 1024;
const defaultTimeoutMs = 60_000;
const maxErrorText = 64 * 1024;

/** Runs a git command to its end. Throws `Unavailable` for too much output or time and where git can't be started, and the signal's reason. */
export async function runGit(command: GitCommand): Promise<GitResult> {
  const { maxOutputBytes = defaultMaxOutput } = command;
  const chunks: Buffer[] = [];
  let size = 0;
  const running = startGit(command);
  for await (const chunk of running.output) {
    size += chunk.length;
    if (size > maxOutputBytes) throw tooMuchOutput(command);
    chunks.push(chunk);
  }
  return { ...(await running.end), stdout: Buffer.concat(chunks) };
}

/** A git process whose output is read as it comes. Leaving the loop over `output` early ends the process. */
export interface RunningGit {
  readonly output: AsyncIterable<Buffer>;
  /** Settles after `output` was read to its end. */
  readonly end: Promise<Pick<GitResult, 'code' | 'stderr'>>;
}

/** Starts a git command. `output` and `end` throw what `runGit` throws, apart from the limit of output. */
export function startGit(command: GitCommand): RunningGit {
  command.signal.throwIfAborted();
  const limit = startLimit(command);
  // A group of its own: git's helpers would go on without it, and a push that was cancelled would still arrive.
  const child = spawn('git', command.args, { cwd: command.folder, env: command.environment, detached: true });
  child.stdin.on('error', () => {}); // it ended before it read everything; its exit code says why
  child.stdin.end(command.input ?? '');
  const end = whenEnded(child, limit.signal).finally(limit.stop);
  end.catch(() => {}); // reported where it is awaited
  return { output: readOutput(child, end), end };
}

/** The caller's signal joined with the command's time limit, whose reason is what to throw; `stop` ends the clock. */
export function startLimit({ args, signal, timeoutMs = defaultTimeoutMs }: GitCommand): {
  readonly signal: AbortSignal;
  readonly stop: () => void;
} {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const seconds = Math.round(timeoutMs / 1000);
    controller.abort(new Failure('Unavailable', `git ${args[0]} was stopped after ${seconds} s`));
  }, timeoutMs);
  return { signal: AbortSignal.any([signal, controller.signal]), stop: () => clearTimeout(timer) };
}

/** What to throw for a command that printed more than it may. */
export function tooMuchOutput({ args, maxOutputBytes = defaultMaxOutput }: GitCommand): Failure {
  return new Failure('Unavailable', `git ${args[0]} printed more than ${maxOutputBytes} bytes and was stopped`);
}

function whenEnded(
  child: ChildProcessWithoutNullStreams,
  limit: AbortSignal,
): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxErrorText);
  });
  const stop = (): void => endGroup(child);
  limit.addEventListener('abort', stop, { once: true });
  return new Promise<{ code: number; stderr: string }>((resolve, reject) => {
    child.on('error', (cause) => reject(new Failure('Unavailable', 'git could not be started', { cause })));
    child.on('close', (code, signal) => {
      if (limit.aborted) reject(limit.reason);
      else if (signal === null) resolve({ code: code ?? 1, stderr });
      else resolve({ code: 128 + constants.signals[signal], stderr: `${stderr}git was ended by ${signal}\n` });
    });
  }).finally(() => limit.removeEventListener('abort', stop));
}

async function* readOutput(child: ChildProcessWithoutNullStreams, end: Promise<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of child.stdout) yield chunk;
    await end;
  } finally {
    if (child.exitCode === null) endGroup(child);
  }
}

/** Ends git and its helpers: asked first, since git then removes its lock files, and made to after two seconds. */
function endGroup({ pid, stdout }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {} // it is gone
  };
  send('SIGTERM');
  const timer = setTimeout(() => send('SIGKILL'), 2000);
  stdout.resume();
  stdout.once('close', () => clearTimeout(timer));
}
