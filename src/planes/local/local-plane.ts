import { rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnd } from '../../builds/describe-end.ts';
import type { EngineName } from '../../builds/engine-commands.ts';
import type { BuildId, BuildOptions, BuildOutcome, BuildPlane, BuildRequest, OnLog } from '../build-plane.ts';
import { pickEnvironment } from '../steps/pick-environment.ts';
import { buildFiles, buildFolder, readBuildState, readText } from './build-folder.ts';
import { readStepLog } from './build-log.ts';
import { removeLeftovers, removeTree } from './leftovers.ts';
import type { LocalBuildpacks } from './phases/local-phases.ts';
import { withoutRuntimeLines } from './phases/without-runtime-lines.ts';
import { endGroup } from './process-group.ts';
import { startBuild } from './start-build.ts';

export interface LocalPlaneOptions {
  /** Folder for builds, one folder each; absolute. */
  readonly folder: string;
  readonly engine: EngineName;
  /** For `buildkit`: where a daemon listens that all builds share; undefined: each starts one of its own. */
  readonly buildkitd?: string | undefined;
  /** `vfs` (default) leaves no mounts; `overlay` is faster with large base images. */
  readonly storageDriver?: 'vfs' | 'overlay' | undefined;
  /** Where PATH, proxy and the like are taken from by name; nothing else of it reaches a build. */
  readonly environment: NodeJS.ProcessEnv;
  /** `host[:port]` of the source repositories that may be fetched without TLS. */
  readonly sourceHttpHosts: readonly string[];
  /** True where `file://` sources may be built. */
  readonly allowFileSources: boolean;
  /** `host[:port]` of the registries that speak plain http, for base images too. */
  readonly registryHttpHosts: readonly string[];
  /** Registry host → registries that are asked before it for base images. */
  readonly registryMirrors?: Readonly<Record<string, readonly string[]>>;
  /** PEM file with further certificate authorities. */
  readonly caFile?: string | undefined;
  /** How a source repository lets a build in, see `src/builds/source-authorization.ts`, or undefined; called once a build. */
  sourceAuthorization(source: Omit<BuildRequest['source'], 'commit'>): Promise<string | undefined>;
  /** Text of a docker `config.json` (secret `registry-auth`), or undefined where there is none; called once a build. */
  registryAuth(namespace: string): Promise<string | undefined>;
  readonly buildpacks: LocalBuildpacks;
  readonly onLog?: OnLog | undefined;
}

const pollMs = 150;
const startMs = 30_000;
const graceMs = 5000;

/** Builds as detached process groups of this machine (Linux), each found again by any worker here. */
export function createLocalPlane(options: LocalPlaneOptions): BuildPlane {
  const environment = pickEnvironment(options.environment);

  const cancel = async (id: BuildId): Promise<void> => {
    const folder = buildFolder(options.folder, id);
    const state = await readBuildState(folder);
    if ((state.kind === 'running' || state.kind === 'lost') && state.group !== undefined) {
      await endGroup(state.group, graceMs);
    }
    await removeTree(folder, environment);
  };

  return {
    cancel,
    build: async (request, { signal, onProgress }) => {
      const folder = buildFolder(options.folder, request.id);
      await setAsideForAnotherTry(folder, request);
      if ((await readBuildState(folder)).kind === 'new')
        await startBuild(folder, request, options, environment, signal);
      try {
        return await waitForEnd(folder, request, { signal, onProgress }, environment);
      } finally {
        // Of a cancelled build too, whose folder goes next.
        await options.onLog?.(request, path.join(folder, buildFiles.log));
      }
    },
  };
}

async function waitForEnd(
  folder: string,
  request: BuildRequest,
  { signal, onProgress }: BuildOptions,
  environment: NodeJS.ProcessEnv,
): Promise<BuildOutcome> {
  const startBy = Date.now() + startMs;
  for (let shown: string | undefined; ; ) {
    signal.throwIfAborted();
    const state = await readBuildState(folder);
    if (state.kind === 'ended') {
      const log = await readStepLog(folder);
      return describeEnd(state.end, request, request.plan.kind === 'buildpacks' ? withoutRuntimeLines(log) : log);
    }
    if (state.kind === 'lost') {
      if (state.group !== undefined) await endGroup(state.group, graceMs);
      const step = (await readText(folder, buildFiles.step)) ?? 'first';
      await removeLeftovers(folder, environment);
      return lost(
        `The build's processes ended in the ${step} step without a result: they were killed, or the machine restarted.`,
      );
    }
    if (state.kind === 'new' && Date.now() > startBy) return lost('The build did not start on this machine.');
    const step = await readText(folder, buildFiles.step);
    if (step !== undefined && step !== shown) onProgress(step);
    shown = step ?? shown;
    await sleep(pollMs, undefined, { signal }).catch(() => {}); // the signal's own reason is thrown above
  }
}

function lost(message: string): BuildOutcome {
  return { kind: 'failed', type: 'BuildInfrastructure', message };
}

/** A build that ended with a reason that may pass is tried again when it is asked for again; any other end stays. */
async function setAsideForAnotherTry(folder: string, request: BuildRequest): Promise<void> {
  const state = await readBuildState(folder);
  if (state.kind !== 'ended') return;
  const outcome = describeEnd(state.end, request, '');
  if (outcome.kind === 'built' || (outcome.type !== 'Unavailable' && outcome.type !== 'AccessDenied')) return;
  // Named by its leader: whoever saw the same end moves the same folder, and never a newer build's.
  await rename(folder, `${folder}.${state.leader.split(' ').slice(0, 2).join('-')}`).catch(() => {});
}
