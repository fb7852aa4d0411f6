import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { defaultCacheFolder, defaultWorldFolder } from '../embedded/folders.ts';
import type { PushEvent } from '../embedded/forge/push-events.ts';
import type { Progress } from '../embedded/progress.ts';
import type { EmptyWorld, WorldOptions } from '../embedded/world.ts';
import { Failure } from '../failures.ts';
import type { Deliveries } from './deliveries.ts';
import { type PushDeps, showPush } from './dev-pushes.ts';
import { devSettings, exportLines } from './dev-settings.ts';
import { type Out, paint } from './out.ts';
import { openScreen, type Screen } from './screen.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';

export interface DevDeps {
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted when the user wants to end: Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
  startWorld(options: WorldOptions, progress: Progress): Promise<EmptyWorld>;
  /** Starts a worker that logs to a file; `ended` rejects when it fails, `stop` resolves when it has ended. */
  startWorker(settings: Readonly<Record<string, string>>, logFile: string): Promise<DevWorker>;
  /** Starts the server of webhooks, which logs to a file. */
  startServer(settings: Readonly<Record<string, string>>, logFile: string): Promise<DevServer>;
  /** Has the world's code host tell an address of a push. */
  sendPush(
    to: { readonly world: EmptyWorld; readonly address: string },
    event: PushEvent,
  ): ReturnType<PushDeps['send']>;
  withDeliveries<T>(
    settings: Readonly<Record<string, string>>,
    work: (deliveries: Deliveries) => Promise<T>,
  ): Promise<T>;
  makeFolder(folder: string): Promise<void>;
}

export interface DevServer {
  readonly url: string;
  /** Null where metrics are not asked for. */
  readonly metricsUrl: string | null;
  stop(): Promise<void>;
}

export interface DevWorker {
  readonly ended: Promise<void>;
  readonly metricsUrl: string | null;
  stop(): Promise<void>;
}

const help = `slipway dev [--folder DIR] [--catalog DIR] [--kubeconfig FILE [--build-host IP]]

Starts Temporal, a registry, a small GitHub-compatible server, a worker and "slipway serve" on this
machine, all empty, for your own repositories and hosts. A push to that server starts the runs of
the components with autoBuild that it touches, and is shown. Prints how to reach all of it, and
stays up until Ctrl-C or SIGTERM.

  --folder DIR           keeps all data there (default: slipway/dev in XDG_STATE_HOME or in
                         ~/.local/state)
  --catalog DIR          YAML files with Components, ComponentTypes and ComponentWorkflows (default:
                         SLIPWAY_CATALOG, else the folder "catalog" in the data)
  --kubeconfig FILE      builds as Jobs on that cluster instead of here; SLIPWAY_BUILDER_IMAGE names
                         the builder image
  --build-host IP        address of this machine where the cluster's pods reach registry and code
                         host, which then listen there too

SLIPWAY_… settings of this shell count here too. Sources may be file:// repositories. A token for
a host of yours is a file in the secrets folder that is printed, such as gitops-token.github.com or
git-token.github.com; registry-auth there is a docker config.json.

  slipway dev
  slipway dev --catalog ./gitops

Exit codes: 0 ended by you, 1 something failed, 2 wrong usage.
`;

const options = {
  folder: { type: 'string' },
  catalog: { type: 'string' },
  kubeconfig: { type: 'string' },
  'build-host': { type: 'string' },
} as const;

/** Runs an empty world until it is interrupted: then 0; 1 when something failed, 2 for wrong usage. */
export async function dev(args: readonly string[], deps: DevDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'dev', help, options }, args, outs, async (values) => {
    const { interrupted } = deps;
    const { kubeconfig, 'build-host': buildHost } = values;
    if (buildHost !== undefined && (kubeconfig === undefined || isIP(buildHost) === 0))
      throw new UsageError('--build-host is an IP address of this machine, and goes with --kubeconfig');
    const cluster = kubeconfig && { SLIPWAY_PLANE: 'kubernetes', SLIPWAY_KUBECONFIG: resolve(kubeconfig) };
    const environment: NodeJS.ProcessEnv = { ...deps.environment, ...cluster };
    const from = environment['SLIPWAY_TEMPORAL_FROM'] || undefined;
    const temporalFrom = from === 'pypi' ? ('pypi' as const) : undefined;
    if (from !== temporalFrom) throw new UsageError(`SLIPWAY_TEMPORAL_FROM can only be pypi, not ${from}`);
    const folder = resolve(values.folder ?? defaultWorldFolder(environment, 'dev'));
    const world = { folder, cacheFolder: defaultCacheFolder(environment), environment, temporalFrom, buildHost };
    const catalog = values.catalog ? `directory:${resolve(values.catalog)}` : environment['SLIPWAY_CATALOG'] || null;
    const screen = openScreen(outs.out);
    try {
      await stayUp({ world, catalog }, deps, screen, outs.out);
    } catch (error) {
      if (!interrupted.aborted) throw error;
    } finally {
      screen.close();
    }
    return 0;
  });
}

interface DevOptions {
  readonly world: WorldOptions;
  /** Null: the folder in the data, which is made. */
  readonly catalog: string | null;
}

async function stayUp({ world: options, catalog }: DevOptions, deps: DevDeps, screen: Screen, out: Out): Promise<void> {
  const { interrupted } = deps;
  let onPush: (event: PushEvent) => void = () => {};
  const forge = { onPush: (event: PushEvent) => onPush(event) };
  const world = await deps.startWorld({ ...options, forge }, (event) => screen.task(event));
  try {
    interrupted.throwIfAborted();
    const ownCatalog = join(options.folder, 'catalog');
    if (catalog === null) await deps.makeFolder(ownCatalog);
    const settings = devSettings(options.environment, world, catalog ?? `directory:${ownCatalog}`);
    const worker = await deps.startWorker(settings, world.workerLog);
    let server: DevServer | undefined;
    try {
      const more = (log: string, metricsUrl: string | null) =>
        `logs to ${log}${metricsUrl === null ? '' : `, numbers at ${metricsUrl}/metrics`}`;
      screen.task({ task: 'worker', state: 'done', text: `ready, ${more(world.workerLog, worker.metricsUrl)}` });
      server = await deps.startServer(settings, world.serverLog);
      const address = `${server.url}/api/v1/webhooks/github`;
      const text = `${address}, ${more(world.serverLog, server.metricsUrl)}`;
      screen.task({ task: 'webhooks', state: 'done', text });
      onPush = (event) =>
        void showPush(event, {
          send: (push) => deps.sendPush({ world, address }, push),
          withDeliveries: (work) => deps.withDeliveries(settings, work),
          print: (text) => screen.print(text),
          interrupted,
        });
      screen.print(describeWorld(world, settings, out));
      const interruption = new Promise<void>((resolve) => {
        if (interrupted.aborted) resolve();
        else interrupted.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([interruption, worker.ended]);
      if (!interrupted.aborted) {
        throw new Failure('Unavailable', `The worker has ended by itself: its log ${world.workerLog} may say why.`);
      }
    } finally {
      screen.print('\nStopping.');
      await server?.stop();
      await worker.stop();
    }
  } finally {
    await world.stop();
    screen.print(`Everything has stopped; what was made stays in ${options.folder}`);
  }
}

function describeWorld(world: EmptyWorld, settings: Readonly<Record<string, string>>, out: Out): string {
  const { temporal, registry, forgeUrl, repositoriesFolder, secretsFolder } = world;
  const title = (text: string) => `\n${paint(out, 'bold', text)}`;
  const place = (what: string, where: string) => `${what.padEnd(13)} ${paint(out, 'blue', where)}`;
  return [
    title('What is there'),
    place('Temporal', `${temporal.uiUrl} (address ${temporal.address})`),
    place('registry', `${registry} (plain http)`),
    place('code host', forgeUrl),
    place('repositories', repositoriesFolder),
    place('catalog', settings['SLIPWAY_CATALOG'] ?? ''),
    place('secrets', secretsFolder),
    title('Tokens of the code host, one file each'),
    `${secretsFolder}/gitops-token reads and writes, ${secretsFolder}/git-token only reads`,
    title('A repository of yours on the code host'),
    `git clone --bare <repository> ${repositoriesFolder}/acme/<name>.git`,
    `It is then ${forgeUrl}/acme/<name>`,
    title('In another shell'),
    exportLines(settings),
    title('There, start a run'),
    'slipway doctor -f run.yaml\nslipway run start -f run.yaml --wait',
    title('Or push to a repository on the code host that a Component with autoBuild names'),
    `git push ${forgeUrl}/acme/<name> main    (any user, the password is in gitops-token)\nslipway delivery list`,
    '\nAll of it stays up until you press Ctrl-C.',
  ].join('\n');
}
