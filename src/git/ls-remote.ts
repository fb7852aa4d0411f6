import { simpleGit } from 'simple-git';
import { Failure } from '../failures.ts';
import { type GitCommand, type GitResult, startLimit } from './run-git.ts';

/** The dangerous things that simple-git stops unless they are named, and that the hardened environment needs; all of them to switch something off. */
const optOuts = {
  /** GIT_CONFIG_COUNT carries the whole configuration, and the credential: an argument could be read by every process of the machine. */
  allowUnsafeConfigEnvCount: true,
  /** GIT_CONFIG_GLOBAL=/dev/null: nobody's own configuration. */
  allowUnsafeConfigPaths: true,
  /** protocol.allow=never, and one transport allowed. */
  allowUnsafeProtocolOverride: true,
  /** core.hooksPath=/dev/null: no hooks. */
  allowUnsafeHooksPath: true,
  /** core.fsmonitor=false. */
  allowUnsafeFsMonitor: true,
  /** GIT_SSH_COMMAND, so that nobody's own keys and hosts count. */
  allowUnsafeSshCommand: true,
  /** An empty credential.helper: no helpers. */
  allowUnsafeCredentialHelper: true,
} as const;

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Runs `git ls-remote` and says how it ended. Throws `Unavailable` for too much output or time, and the signal's reason.
 * Only this command runs by simple-git: that ends git but not its helpers, which for a fetch would go on writing into a folder
 * that is being removed, and for a push would go on pushing.
 */
export async function runLsRemote(command: Omit<GitCommand, 'input' | 'maxOutputBytes'>): Promise<GitResult> {
  command.signal.throwIfAborted();
  const limit = startLimit(command);
  const overflow = new AbortController();
  const stop = AbortSignal.any([limit.signal, overflow.signal]);
  let result: GitResult | undefined;
  const git = simpleGit({
    baseDir: command.folder,
    abort: stop,
    unsafe: optOuts,
    allowEnvironment: Object.keys(command.environment),
    completion: { onClose: true, onExit: false },
    // A refusal is an answer here: the exit code and the text say which, and the caller what it means.
    errors: (error, { exitCode, stdOut, stdErr }) => {
      result = { code: exitCode, stdout: Buffer.concat(stdOut), stderr: Buffer.concat(stdErr).toString('utf8') };
      return exitCode >= 0 && !stop.aborted ? undefined : error;
    },
  })
    .env(command.environment)
    .outputHandler((_binary, stdout, stderr) => {
      const streams = [stdout, stderr].map((stream) => stream as NodeJS.ReadableStream & { destroy(): void });
      // A helper keeps them open for as long as it waits for the server.
      stop.addEventListener('abort', () => streams.forEach((stream) => void stream.destroy()), { once: true });
      let size = 0;
      stdout.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxOutputBytes) overflow.abort(new Failure('Unavailable', 'the remote lists too many refs'));
      });
    });
  try {
    await git.raw([...command.args]);
  } catch (cause) {
    stop.throwIfAborted();
    throw new Failure('Unavailable', 'git ls-remote could not be run', { cause });
  } finally {
    limit.stop();
  }
  stop.throwIfAborted();
  if (result === undefined) throw new Failure('Unavailable', 'git ls-remote ended without an answer');
  return result;
}
