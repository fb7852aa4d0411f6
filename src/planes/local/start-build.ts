import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../failures.ts';
import type { BuildRequest } from '../build-plane.ts';
import { type StepSettings, toStepRequest } from '../steps/step-request.ts';
import { buildFiles, storesFolder, writeWhole } from './build-folder.ts';
import type { LocalPlaneOptions } from './local-plane.ts';
import type { LocalRequest } from './local-request.ts';
import { chooseLocalPhases } from './phases/local-phases.ts';
import type { StepSecrets } from './step-secrets.ts';

// Emitted code stands beside emitted code; a file name in a string is not rewritten.
const stepProgram = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'step.ts' : 'step.js', import.meta.url));

const fullDisk = (folder: string): string =>
  `The disk for builds was full before the build began. Free space in ${folder}, or name another folder in SLIPWAY_BUILD_DIRECTORY, then retry the run.`;

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** Starts the build's leader in a session of its own; of several starters one gets the build. Throws `Unavailable` where no process can be started, `BuildOutOfDisk`, what `chooseLocalPhases` throws. */
export async function startBuild(
  folder: string,
  request: BuildRequest,
  options: LocalPlaneOptions,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = request.source;
  const phases = await chooseLocalPhases(request, options, signal);
  const secrets: StepSecrets = {
    sourceAuthorization: await options.sourceAuthorization(request.source),
    registryAuth: await options.registryAuth(namespace),
    pullAuth: phases && (await options.buildpacks.pullAuth(namespace)),
  };
  const steps = toStepRequest({ ...request, layerCache: undefined }, settings(options));
  const asked: LocalRequest = { ...steps, ...(phases && { phases }) };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(folder, buildFiles.request, JSON.stringify(asked));
  } catch (cause) {
    throw isFull(cause) ? new Failure('BuildOutOfDisk', fullDisk(options.folder), { cause }) : cause;
  }
  const child = spawn(process.execPath, [stepProgram, folder], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new Failure('Unavailable', 'The build could not be started on this machine.', { cause });
  }
  child.stdin.on('error', () => {}); // another starter was first, and this process left
  // A pipe and not a file or an argument: it is gone once it was read.
  child.stdin.end(JSON.stringify(secrets));
  child.unref();
}

function settings(options: LocalPlaneOptions): StepSettings {
  return {
    engine: options.engine,
    storageDriver: options.storageDriver ?? 'vfs',
    buildkitd: options.buildkitd,
    sourceHttpHosts: options.sourceHttpHosts,
    allowFileSources: options.allowFileSources,
    registryHttpHosts: options.registryHttpHosts,
    registryMirrors: options.registryMirrors ?? {},
    caFile: options.caFile,
    storesFolder: path.join(options.folder, storesFolder),
  };
}
