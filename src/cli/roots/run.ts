import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure } from '../../failures.ts';
import type { TemporalSettings } from '../../temporal/connect.ts';
import type { RunBuild } from '../../temporal/find-builds.ts';
import { firstLog, type LogReader, readFileLog } from '../log-reader.ts';
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
    openLog: (execution, build, follow, id) => openLog(env, { execution, id }, build, follow),
  };
  return command(args, deps, outs);
}

/** Where Temporal is, as this shell says. Throws `Failure`. */
export async function settings(env: NodeJS.ProcessEnv): Promise<TemporalSettings> {
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
  const [{ buildDirectory, defaultBuildNamespace }, { buildFiles, buildFolder }, { jobName }, { buildHost }] =
    await Promise.all([
      import('../../config.ts'),
      import('../../planes/local/build-folder.ts'),
      import('../../planes/kubernetes/job-names.ts'),
      import('../../temporal/names.ts'),
    ]);
  const id = { execution, ordinal: build.ordinal };
  const host = buildHost(build.taskQueue);
  const { plane, namespace: given } = build.job;
  const namespace = given ?? (env['SLIPWAY_BUILD_NAMESPACE'] || defaultBuildNamespace);
  return {
    file: join(buildFolder(buildDirectory(env), id), buildFiles.log),
    host,
    isHere: host === hostname(),
    job: host === null ? { ...(plane !== undefined && { plane }), namespace, name: jobName(id) } : null,
  };
}

/** A Job's log comes from its pod, else from the copy, if its worker is on this machine, else from where logs are kept. */
async function openLog(
  env: NodeJS.ProcessEnv,
  { execution, id }: { readonly execution: string; readonly id: string },
  build: RunBuild,
  follow: boolean,
): Promise<LogReader> {
  const [{ openKeptLogs }, { readRunWorkflowId }] = await Promise.all([
    import('./kept-logs.ts'),
    import('../../temporal/names.ts'),
  ]);
  const { file, job } = await placeLog(env, execution, build);
  const run = readRunWorkflowId(id);
  const kept = run === null ? [] : await openKeptLogs(env, { ...run, execution }, build);
  const copy = firstLog([readFileLog(file, readFrom), ...kept]);
  if (job === null) return copy;
  const kubeconfig = await kubeconfigOf(env, job.plane);
  if (kubeconfig === undefined && (job.plane !== undefined || !env['KUBERNETES_SERVICE_HOST'])) return copy;
  const [{ openCluster }, { readJobLog }] = await Promise.all([
    import('../../open-plane.ts'),
    import('../../planes/kubernetes/read-job-log.ts'),
  ]);
  const signal = new AbortController().signal;
  return firstLog([readJobLog(await openCluster(kubeconfig), job, { follow, signal }), copy]);
}

async function kubeconfigOf(env: NodeJS.ProcessEnv, plane: string | undefined): Promise<string | undefined> {
  if (plane === undefined) return env['SLIPWAY_KUBECONFIG'] || undefined;
  const { BuildPlanesSetting } = await import('../../setting-forms.ts');
  return BuildPlanesSetting.safeParse(env['SLIPWAY_BUILD_PLANES'] ?? '').data?.get(plane) ?? undefined;
}
