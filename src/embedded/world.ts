import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { type ForgeOptions, startForge } from './forge/start-forge.ts';
import { forwardPort } from './forward-port.ts';
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
  /** Address of this machine where builds in a cluster reach registry and forge, which then listen there too. */
  readonly buildHost?: string | undefined;
  /** For tests: what the forge tells, where it fails, and whom and what it knows besides the samples. */
  readonly forge?: Partial<Pick<ForgeOptions, 'onPush' | 'findFault' | 'repositories' | 'users'>>;
}

/** Everything that Slipway needs around it, on this machine, with nothing to run in it. */
export interface EmptyWorld {
  readonly temporal: { readonly address: string; readonly uiUrl: string };
  /** `host:port`. */
  readonly registry: string;
  readonly forgeUrl: string;
  /** Where the forge's bare repositories lie, as `<owner>/<name>.git`; one that is put there is served. */
  readonly repositoriesFolder: string;
  /** One file a key. */
  readonly secretsFolder: string;
  /** Environment variables of a worker in this world, but for the catalog. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where worker and server of this world should log to. */
  readonly workerLog: string;
  readonly serverLog: string;
  /** Stops every server; what they keep stays for the next start. Safe to repeat. */
  stop(): Promise<void>;
}

/** The world with a sample service and its GitOps repository. */
export interface World extends EmptyWorld {
  /** Addresses of the sample repositories, by http. */
  readonly repositories: { readonly source: string; readonly gitops: string };
  /** Commits a small change to the sample service and returns the commit; one whose build fails until the next change, if wanted. */
  commitChange(text: string, build?: 'works' | 'fails'): Promise<string>;
  /** What a branch of the GitOps repository changes, as a unified diff. */
  diff(branch: string): Promise<string>;
}

const host = '127.0.0.1';
const portNames = ['temporal', 'ui', 'http', 'metrics', 'registry', 'forge', 'webhooks'] as const;

/**
 * Starts the embedded world, after ending what a killed one left in the folder. Throws `Contended` while another process runs a
 * world there, `Unavailable` where a tool is missing or a server does not start; then nothing is left running.
 */
export async function startWorld(options: WorldOptions, progress: Progress): Promise<World> {
  const { world, seedOptions } = await startLocked(options, progress, true);
  const { environment } = options;
  const repositories = { source: `${world.forgeUrl}/acme/greeter`, gitops: `${world.forgeUrl}/acme/gitops` };
  return {
    ...world,
    settings: {
      ...world.settings,
      SLIPWAY_CATALOG: `gitops:${repositories.gitops}#main`,
      // Its commits are for somebody to show what becomes of them.
      SLIPWAY_SWEEP_INTERVAL: 'off',
    },
    repositories,
    commitChange: (text, build) => commitSampleChange(seedOptions, text, build),
    diff: (branch) =>
      commandOutput(
        seedOptions.git,
        ['--git-dir', join(seedOptions.folder, 'acme/gitops.git'), 'diff', `main...${branch}`, '--'],
        { environment: { PATH: environment['PATH'], LC_ALL: 'C' } },
      ),
  };
}

/** Starts the world as `startWorld` does, without samples. */
export async function startEmptyWorld(options: WorldOptions, progress: Progress): Promise<EmptyWorld> {
  return (await startLocked(options, progress, false)).world;
}

interface Composed {
  readonly world: EmptyWorld;
  readonly seedOptions: SeedOptions;
}

async function startLocked(options: WorldOptions, progress: Progress, samples: boolean): Promise<Composed> {
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
    return await composeWorld(options, samples, progress, (cleanUp) => cleanUps.push(cleanUp), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function composeWorld(
  { folder, cacheFolder, environment, temporalFrom, buildHost, forge = {} }: WorldOptions,
  samples: boolean,
  progress: Progress,
  onStop: (cleanUp: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<Composed> {
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
  const ports = await choosePorts(join(folder, 'ports.json'), portNames);
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
  const startRegistry = async () => {
    const start = startRegistryServer({ program: tools.registry.path, folder: run, port: ports.registry, environment });
    await started('registry server', registryHost, start);
    if (!samples) return;
    const seconds = stopwatch();
    const { image, made } = await ensureBaseImage({ registry: registryHost, busybox: tools.busybox.path, environment });
    progress({ task: 'base image', state: 'done', text: `${image} ${made ? 'made' : 'there'} in ${seconds()} s` });
  };
  const startForgeHere = async () => {
    if (samples) await seedRepositories(seedOptions);
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
    startRegistry(),
    startForgeHere(),
  ]);
  if (buildHost !== undefined) {
    for (const port of [ports.registry, ports.forge])
      await started('servers for builds', `${buildHost}:${port}`, forwardPort(buildHost, port));
  }

  const world: EmptyWorld = {
    temporal: { address: temporal.address, uiUrl: temporal.uiUrl },
    registry: registryHost,
    forgeUrl,
    repositoriesFolder: seedOptions.folder,
    secretsFolder: secrets,
    settings: {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      SLIPWAY_SECRETS: `directory:${secrets}`,
      SLIPWAY_CREDENTIAL_HOSTS: forgeHost,
      SLIPWAY_FORGES: `${forgeHost}=github`,
      SLIPWAY_HTTP_HOSTS: forgeHost,
      SLIPWAY_REGISTRY_HTTP_HOSTS: registryHost,
      SLIPWAY_CACHE_DIRECTORY: join(folder, 'cache'),
      SLIPWAY_BUILD_DIRECTORY: join(folder, 'builds'),
      SLIPWAY_TEMPORAL_UI: temporal.uiUrl,
      SLIPWAY_LISTEN: `${host}:${ports.webhooks}`,
      ...(buildHost !== undefined && {
        SLIPWAY_BUILD_ADDRESSES: [registryHost, forgeHost]
          .map((from) => `${from}=${from.replace(host, buildHost)}`)
          .join(),
        // In FROM lines its address stays, so it is asked there instead.
        SLIPWAY_REGISTRY_MIRRORS: `${registryHost}=${registryHost.replace(host, buildHost)}`,
      }),
    },
    workerLog: join(run, 'worker.log'),
    serverLog: join(run, 'server.log'),
    stop,
  };
  return { world, seedOptions };
}

/** As Promise.all, but a failure waits for the others, so that whatever they started is known and can be stopped. */
async function all<T extends readonly unknown[]>(work: { readonly [Key in keyof T]: Promise<T[Key]> }): Promise<T> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<unknown> as Promise<T>;
}
