import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure } from '../../failures.ts';
import type { TemporalSettings } from '../../temporal/connect.ts';
import type { RunBuild } from '../../temporal/find-builds.ts';
import { streamOut } from '../out.ts';
import { readFrom } from '../read-from.ts';
import type { LogPlace, RunLogsDeps } from '../run-logs.ts';
import type { RunStartDeps } from '../run-start.ts';
import type { Outs } from '../usage.ts';

type RunCommand = (args: readonly string[], deps: RunStartDeps & RunLogsDeps, outs: Outs) => Promise<number>;

/** Does a command about runs in the surroundings of this process. What takes long to load comes when it is used, so help does not wait. */
export async function runRunCommand(command: RunCommand, args: readonly string[]): Promise<number> {
  const { env } = process;
  const outs = { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) };
  const deps: RunStartDeps & RunLogsDeps = {
    async withRuns(work) {
      const { withRuns } = await import('../with-runs.ts');
      return withRuns(await settings(env), env['SLIPWAY_TEMPORAL_UI']?.replace(/\/+$/, '') || null, work);
    },
    readFile: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    readRun: async (...file) => (await import('../read-run-file.ts')).readRunFile(...file),
    place: (execution, build) => placeLog(env, execution, build),
    readFrom,
  };
  return command(args, deps, outs);
}

async function settings(env: NodeJS.ProcessEnv): Promise<TemporalSettings> {
  const { temporalSettings } = await import('../../temporal/connect.ts');
  try {
    return temporalSettings(env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'Unavailable',
      `The settings for Temporal cannot be read: ${reason}. Correct TEMPORAL_… or the file.`,
    );
  }
}

async function placeLog(env: NodeJS.ProcessEnv, execution: string, build: RunBuild): Promise<LogPlace> {
  const [{ buildDirectory }, { buildFiles, buildFolder }, { buildHost }] = await Promise.all([
    import('../../config.ts'),
    import('../../planes/local/build-folder.ts'),
    import('../../temporal/names.ts'),
  ]);
  const folder = buildFolder(buildDirectory(env), { execution, ordinal: build.ordinal });
  const host = buildHost(build.taskQueue);
  return { file: join(folder, buildFiles.log), host, isHere: host === hostname() };
}
