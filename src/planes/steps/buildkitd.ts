import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildkitAddress, buildkitDaemon } from '../../builds/engine-commands.ts';
import { exitCodes } from '../../builds/exit-codes.ts';
import { runProgram } from './run-program.ts';
import { type StepContext, toolPaths } from './step-context.ts';

const startMs = 60_000;
const graceMs = 5000;

/**
 * Starts a BuildKit daemon for one build, lets `build` use it and ends it. Says the build's exit code, or the one for
 * infrastructure where the daemon does not start: its own last lines are in the log then.
 */
export async function withBuildkitd(
  step: StepContext,
  environment: Readonly<Record<string, string>>,
  build: () => Promise<number>,
): Promise<number> {
  const paths = toolPaths(step.scratch);
  const logFile = path.join(paths.storage, 'buildkitd.log');
  const log = await open(logFile, 'w');
  const [program, ...args] = buildkitDaemon(paths.storage, paths.buildkitd, process.getuid?.() === 0);
  const options = { cwd: step.folder, env: environment };
  const daemon = spawn(program, args, { ...options, stdio: ['ignore', log.fd, log.fd] });
  const ended = new AbortController();
  const end = (): void => ended.abort();
  daemon.on('error', end);
  daemon.on('exit', end);
  const ask = ['buildctl', `--addr=${buildkitAddress(paths.storage)}`, 'debug', 'workers'] as const;
  const answers = async (): Promise<boolean> =>
    (await runProgram(ask, { environment, folder: step.folder, log: log.fd })) === 0;
  try {
    const startBy = Date.now() + startMs;
    while (!(await answers())) {
      if (ended.signal.aborted || Date.now() > startBy) {
        await step.run(['tail', '-n', '30', logFile], environment);
        return exitCodes.build.infrastructure;
      }
      await sleep(100, undefined, { signal: ended.signal }).catch(() => {});
    }
    return await build();
  } finally {
    if (!ended.signal.aborted) {
      const exit = once(daemon, 'exit');
      daemon.kill();
      const kill = setTimeout(() => daemon.kill('SIGKILL'), graceMs);
      await exit;
      clearTimeout(kill);
    }
    await log.close();
  }
}
