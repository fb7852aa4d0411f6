import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { type ForgeOptions, startForge } from './forge/start-forge.ts';
import { takeLock } from './lock.ts';
import { choosePorts } from './ports.ts';
import { endLeftovers } from './processes.ts';
import type { Progress } from './progress.ts';
import { startRegistryServer } from './registry-server.ts';
import { commandOutput } from './run-command.ts';
import { ensureBaseImage } from './samples/base-image.ts';
import { commitSampleChange, type SeedOptions, seedRepositories } from './samples/repositories.ts';
import { startTemporalServer } from './temporal-server.ts';
import { readOrMakeTokens } from './tokens.ts';
import { findOrInstallPackages, readOsRelease } from './tools/packages.ts';
import { findOrInstallTemporal } from './tools/temporal.ts';
import { stopwatch } from './tools/tool.ts';

export interface WorldOptions {
  /** Holds all that the world keeps: databases, images, repositories, secrets, logs. */
  readonly folder: string;
  /** Holds the tools, which worlds share. */
  readonly cacheFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly temporalFrom: 'pypi' | undefined;
  /** For tests: what the forge tells, where it fails, and whom and what it knows besides the samples. */
  readonly forge?: Partial<Pick<ForgeOptions, 'onPush' | 'findFault' | 'repositories' | 'users'>>;
}

/** Everything that Slipway needs around it, on this machine. */
export interface World {
  readonly temporal: { readonly address: string; readonly uiUrl: string };
  /** `host:port`. */
  readonly registry: string;
  readonly forgeUrl: string;
  /** Addresses of the sample repositories, by http. */
  readonly repositories: { readonly source: string; readonly gitops: string };
  /** Environment variables of a worker in this world. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where a worker of this world should log to. */
  readonly workerLog: string;
  /** Commits a small change to the sample service and returns the commit. */
  commitChange(text: string): Promise<string>;
  /** What a branch of the GitOps repository changes, as a unified diff. */
  diff(branch: string): Promise<string>;
  /** Stops every server; what they keep stays for the next start. Safe to repeat. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts the embedded world, after ending what a killed one left in the folder. Throws `Contended` while another process runs a
 * world there, `Unavailable` where a tool is missing or a server does not start; then nothing is left running.
 */
export async function startWorld(options: WorldOptions, progress: Progress): Promise<World> {
  await mkdir(options.folder, { recursive: true });
  const lock = await takeLock(join(options.folder, 'world.lock'));
  if (lock.kind === 'held') {
    throw new Failure(
      'Contended',
      `Process ${lock.by.pid} runs a world in ${options.folder} already: stop it first, or give another folder.`,
    );
  }
  const cleanUps: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
    await lock.release();
  };
  try {
    return await composeWorld(options, progress, (cleanUp) => cleanUps.push(cleanUp), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function composeWorld(
  { folder, cacheFolder, environment, temporalFrom, forge = {} }: WorldOptions,
  progress: Progress,
  onStop: (cleanUp: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<World> {
  const run = join(folder, 'run');
  const [leftovers, temporalTool, tools] = await all([
    endLeftovers(run),
    findOrInstallTemporal({ cacheFolder, environment, from: temporalFrom }, progress),
    findOrInstallPackages(
      { cacheFolder, environment, osRelease: await readOsRelease(), isRoot: process.getuid?.() === 0 },
      progress,
    ),
  ]);
  if (leftovers.length > 0) {
    progress({ task: 'clean-up', state: 'done', text: `ended what an earlier demo left: ${leftovers.join(', ')}` });
  }
  const secrets = join(folder, 'secrets');
  const ports = await choosePorts(join(folder, 'ports.json'), [
    'temporal',
    'ui',
    'http',
    'metrics',
    'registry',
    'forge',
  ]);
  const tokens = await readOrMakeTokens(secrets, ['git-token', 'gitops-token', 'status-token', 'github-secret']);

  const forgeFolder = join(folder, 'forge');
  const forgeHost = `${host}:${ports.forge}`;
  const forgeUrl = `http://${forgeHost}`;
  const registryHost = `${host}:${ports.registry}`;
  const seedOptions: SeedOptions = {
    git: tools.git.path,
    folder: join(forgeFolder, 'repositories'),
    environment,
    addresses: { forgeUrl, registry: registryHost },
  };

  const started = async <Server extends { stop(): Promise<unknown> }>(
    task: string,
    where: string,
    start: Promise<Server>,
  ) => {
    const seconds = stopwatch();
    const server = await start;
    onStop(() => server.stop());
    progress({ task, state: 'done', text: `${where}, ready in ${seconds()} s` });
    return server;
  };
  const startRegistryWithBase = async () => {
    const start = startRegistryServer({ program: tools.registry.path, folder: run, port: ports.registry, environment });
    await started('registry server', registryHost, start);
    const seconds = stopwatch();
    const { image, made } = await ensureBaseImage({ registry: registryHost, busybox: tools.busybox.path, environment });
    progress({ task: 'base image', state: 'done', text: `${image} ${made ? 'made' : 'there'} in ${seconds()} s` });
  };
  const startForgeWithSamples = async () => {
    await seedRepositories(seedOptions);
    const users = [
      { login: 'slipway', token: tokens['git-token'], may: 'read' },
      { login: 'slipway', token: tokens['gitops-token'] },
      { login: 'slipway', token: tokens['status-token'] },
      ...(forge.users ?? []),
    ] as const;
    await started('forge', forgeUrl, startForge({ ...forge, folder: forgeFolder, port: ports.forge, host, users }));
  };
  const [temporal] = await all([
    started(
      'Temporal server',
      `${host}:${ports.temporal}, pages at http://${host}:${ports.ui}`,
      startTemporalServer({
        program: temporalTool.path,
        folder: run,
        databaseFile: join(folder, 'temporal.db'),
        ports,
        environment,
      }),
    ),
    startRegistryWithBase(),
    startForgeWithSamples(),
  ]);

  const repositories = { source: `${forgeUrl}/acme/greeter`, gitops: `${forgeUrl}/acme/gitops` };
  return {
    temporal: { address: temporal.address, uiUrl: temporal.uiUrl },
    registry: registryHost,
    forgeUrl,
    repositories,
    settings: {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      SLIPWAY_CATALOG: `gitops:${repositories.gitops}#main`,
      SLIPWAY_SECRETS: `directory:${secrets}`,
      SLIPWAY_CREDENTIAL_HOSTS: forgeHost,
      SLIPWAY_HTTP_HOSTS: forgeHost,
      SLIPWAY_REGISTRY_HTTP_HOSTS: registryHost,
      SLIPWAY_CACHE_DIRECTORY: join(folder, 'cache'),
      SLIPWAY_BUILD_DIRECTORY: join(folder, 'builds'),
      SLIPWAY_TEMPORAL_UI: temporal.uiUrl,
    },
    workerLog: join(run, 'worker.log'),
    commitChange: (text) => commitSampleChange(seedOptions, text),
    diff: (branch) =>
      commandOutput(
        tools.git.path,
        ['--git-dir', join(seedOptions.folder, 'acme/gitops.git'), 'diff', `main...${branch}`, '--'],
        { environment: { PATH: environment['PATH'], LC_ALL: 'C' } },
      ),
    stop,
  };
}

/** As Promise.all, but a failure waits for the others, so that whatever they started is known and can be stopped. */
async function all<T extends readonly unknown[]>(work: { readonly [Key in keyof T]: Promise<T[Key]> }): Promise<T> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<unknown> as Promise<T>;
}
