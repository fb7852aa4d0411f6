import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { startForge } from '../../src/embedded/forge/start-forge.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { startRegistry } from '../support/registry.ts';
import { startTemporal } from '../support/temporal.ts';
import { componentName, gitopsFiles } from './gitops-files.ts';
import { pushImage } from './image.ts';
import { commitFiles } from './repositories.ts';
import { type Traffic, watchTraffic } from './traffic.ts';

export interface BenchWorker {
  readonly pid: number;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Real servers around the workers that are measured, all on loopback. */
export interface BenchWorld {
  readonly client: Client;
  readonly traffic: Traffic;
  readonly forge: { readonly url: string; readonly token: string };
  readonly registry: string;
  readonly sourceUrl: string;
  /** Remembers the builds. */
  readonly buildFolder: string;
  /** For what a measurement wants to keep until the end. */
  readonly folder: string;
  /** Makes a GitOps repository of so many components and says its URL and the folder behind that. */
  gitops(components: number): Promise<{ readonly url: string; readonly folder: string }>;
  /** Commits a change to the source. */
  commitSource(): Promise<string>;
  /** Starts a worker, on a machine of its own as far as it can tell, and waits until it is ready. */
  startWorker(options?: { readonly buildMs?: number }): Promise<BenchWorker>;
  /** Ends all servers and workers and removes what they kept. Safe to repeat. */
  stop(): Promise<void>;
}

const token = 'bench-token';

/** Starts Temporal, a forge, a registry with the images, and repositories with so many components. */
export async function startBenchWorld(components: number): Promise<BenchWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);
  for (const key of ['git-token', 'gitops-token', 'status-token']) await writeFile(join(secrets, key), token);
  const traffic = watchTraffic();
  const users = [
    { login: 'slipway', token },
    { login: 'grace', token: 'nobody-uses-it' },
  ];
  const forgeFolder = join(folder, 'forge');
  const { findFault } = traffic;
  const [temporal, registry, forge] = await Promise.all([
    startTemporal(),
    startRegistry(),
    startForge({ folder: forgeFolder, port: 0, host: '127.0.0.1', users, findFault }),
  ]);
  const forgeHost = new URL(forge.url).host;

  const ensure = async (name: string) => (await forge.ensureRepository({ name: `acme/${name}` })).folder;
  const gitops = async (count: number, name = `gitops-${count}`) => {
    const bare = await ensure(name);
    await commitFiles(bare, gitopsFiles(count, { forge: forge.url, registry: registry.host }), 'Add components');
    return { url: `${forge.url}/acme/${name}`, folder: bare };
  };
  const { url: catalog } = await gitops(components, 'gitops'); // as the sample's ComponentWorkflows call it
  const source = await ensure('app');
  let changes = 0;
  let digest = '';
  for (let index = 0; index < components; index += 1) {
    digest = await pushImage(registry.host, `demo-${componentName(index)}-image`);
  }

  const settings = temporalSettings({ TEMPORAL_ADDRESS: temporal.address });
  const { client, connection } = await connectClient(settings);
  const workers: ChildProcess[] = [];
  const buildFolder = join(folder, 'bench-builds');
  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    await Promise.all(workers.map((child) => end(child, 'SIGTERM')));
    traffic.stop();
    await Promise.all([temporal.stop(), registry.close(), forge.stop()]);
    await rm(folder, { recursive: true, force: true });
    // Last, because whoever still waits for a result throws when it is closed.
    await connection.close();
  };
  return {
    client,
    traffic,
    forge: { url: forge.url, token },
    registry: registry.host,
    sourceUrl: `${forge.url}/acme/app`,
    buildFolder,
    folder,
    gitops,
    commitSource() {
      changes += 1;
      return commitFiles(source, sourceFiles(changes), `Change ${changes}`);
    },
    async startWorker({ buildMs = 0 } = {}) {
      const own = await mkdtemp(join(folder, 'worker-'));
      const log = await open(join(own, 'log'), 'w');
      const child = spawn(process.execPath, [join(import.meta.dirname, 'worker.ts')], {
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          TEMPORAL_ADDRESS: temporal.address,
          SLIPWAY_CATALOG: `gitops:${catalog}#main`,
          SLIPWAY_SECRETS: `directory:${secrets}`,
          SLIPWAY_CREDENTIAL_HOSTS: forgeHost,
          SLIPWAY_FORGES: `${forgeHost}=github`,
          SLIPWAY_HTTP_HOSTS: forgeHost,
          SLIPWAY_REGISTRY_HTTP_HOSTS: registry.host,
          SLIPWAY_CACHE_DIRECTORY: join(own, 'cache'),
          SLIPWAY_BUILD_DIRECTORY: join(own, 'builds'),
          BENCH_BUILD_FOLDER: buildFolder,
          BENCH_BUILD_MS: String(buildMs),
          BENCH_DIGEST: digest,
        },
      });
      await log.close();
      workers.push(child);
      await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => Promise.reject(new Error(`a worker ended; its log is ${join(own, 'log')}`))),
      ]);
      return { pid: child.pid ?? 0, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') };
    },
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

function* sourceFiles(change: number): Generator<readonly [string, string]> {
  yield ['Dockerfile', 'FROM scratch\nCOPY . /\n'];
  yield ['page.html', `<p>${change}</p>\n`];
  yield [
    'workload.yaml',
    'apiVersion: openchoreo.dev/v1alpha1\nmetadata:\n  name: app\nendpoints:\n  - name: api\n    port: 9090\n    type: REST\n    schemaFile: openapi.yaml\n',
  ];
  yield ['openapi.yaml', 'openapi: 3.0.3\ninfo:\n  title: app\n  version: "1"\npaths: {}\n'];
}
