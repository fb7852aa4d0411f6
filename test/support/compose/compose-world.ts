import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { ensureBaseImage } from '../../../src/embedded/samples/base-image.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';
import { type BuildkitService, startBuildkitService } from '../buildkit-service.ts';
import { type GiteaServer, giteaFolder, startGiteaServer } from '../gitea-server.ts';
import { freePort, startRegistry, type TestRegistry } from '../registry.ts';
import { environmentOf, readComposeFile } from './compose-file.ts';
import { type Postgresql, startPostgresql } from './postgresql.ts';
import { type ComposeTemporal, startComposeTemporal } from './temporal.ts';

/** The services of docker-compose.yml as processes of this machine, with the same settings, scripts and files. */
export interface ComposeWorld {
  readonly postgresql: Postgresql;
  readonly temporal: ComposeTemporal;
  readonly registry: TestRegistry;
  readonly gitea: GiteaServer;
  readonly buildkit: BuildkitService;
  /** Where the set-up left tokens and the webhook's secret. */
  readonly secrets: string;
  /** Replaces Slipway's three tokens by a new one of its account. */
  renewTokens(): Promise<void>;
  /** Ends the worker as a crash would, and starts another one. */
  crashWorker(): Promise<void>;
  /** What `docker compose run slipway …` prints. */
  slipway(...args: readonly string[]): Promise<string>;
  /** The password that the set-up made for the administrator. */
  password(): Promise<string>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../../../src/cli.ts', import.meta.url));
const samples = fileURLToPath(new URL('../../../src/embedded/samples', import.meta.url));

/** Starts all of them; needs root, to become other users. */
export async function startComposeWorld(): Promise<ComposeWorld> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  };
  try {
    return await start((cleanUp) => cleanUps.push(cleanUp), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  onStop: (cleanUp: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<ComposeWorld> {
  const model = await readComposeFile();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-compose-'));
  onStop(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);

  const postgresql = await startPostgresql('temporal');
  onStop(() => postgresql.stop());
  const temporal = await startComposeTemporal(model, postgresql);
  onStop(() => temporal.stop());
  const registry = await startRegistry();
  onStop(() => registry.close());
  const gitea = await startGiteaServer({ name: 'localhost' });
  onStop(() => gitea.stop());
  const buildkit = await startBuildkitService(registry.host);
  onStop(() => buildkit.stop());
  const busybox = (await findOnPath(['busybox'], process.env)) ?? 'busybox';
  await ensureBaseImage({ registry: registry.host, busybox, environment: process.env });

  const webhooks = `127.0.0.1:${await freePort()}`;
  const here = {
    'temporal:7233': temporal.address,
    'localhost:3000': gitea.host.replace('127.0.0.1', 'localhost'),
    'gitea:3000': gitea.host,
    'registry:5000': registry.host,
    'serve:8080': webhooks,
    '/etc/slipway/secrets': secrets,
    'unix:///run/buildkit/buildkit/buildkitd.sock': buildkit.address,
    '/var/lib/slipway': folder,
  };
  const own = { PATH: buildkit.path, HOME: folder };
  const { GITEA_URL, REGISTRY, WEBHOOK_URL } = environmentOf(model, 'setup', here);
  const setup = { ...gitea.environment, GITEA_URL, REGISTRY, WEBHOOK_URL };
  const setUp = () =>
    commandOutput(join(giteaFolder, 'setup.sh'), [samples, secrets], { environment: setup, timeoutMs: 120_000 });
  await setUp();
  await setUp(); // as `docker compose up` does each time

  const worker = () =>
    startRole('worker', 'worker started', { ...own, ...environmentOf(model, 'worker', here) }, folder);
  let working = await worker();
  onStop(() => working.stop());
  const serving = { ...own, ...environmentOf(model, 'serve', here), SLIPWAY_LISTEN: webhooks };
  const server = await startRole('serve', 'server started', serving, folder);
  onStop(() => server.stop());

  const command = { ...own, ...environmentOf(model, 'slipway', here) };
  return {
    postgresql,
    temporal,
    registry,
    gitea,
    buildkit,
    secrets,
    async renewTokens() {
      const scopes = 'write:repository,write:issue,read:user';
      const flags = ['--username', 'slipway', '--token-name', 'renewed', '--scopes', scopes, '--raw'];
      const config = ['--config', gitea.environment['GITEA_APP_INI'] ?? ''];
      const make = [...config, 'admin', 'user', 'generate-access-token', ...flags];
      const said = await commandOutput('gitea', make, { environment: gitea.environment });
      for (const key of ['git-token', 'gitops-token', 'status-token'])
        await writeFile(join(secrets, key), said.trim().split('\n').at(-1) ?? '');
    },
    async crashWorker() {
      await working.kill();
      working = await worker();
    },
    slipway: (...args) =>
      commandOutput(process.execPath, [program, ...args], { environment: command, timeoutMs: 300_000 }),
    password: async () =>
      (await readFile(join(gitea.environment['GITEA_WORK_DIR'] ?? '', 'ada-password'), 'utf8')).trim(),
    stop,
  };
}

interface Role {
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one of our servers and waits until its log says that it is ready. */
async function startRole(role: string, ready: string, environment: NodeJS.ProcessEnv, folder: string): Promise<Role> {
  const logFile = join(folder, `${role}-${Date.now()}.log`);
  const child: ChildProcess = spawn(process.execPath, [program, role], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.pipe(createWriteStream(logFile));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  for (;;) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    if (log.includes(ready)) return { kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
    if (child.exitCode !== null) throw new Error(`${role} ended: ${log}`);
    await sleep(50);
  }
}
