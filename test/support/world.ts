import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { startWorld, type World, type WorldOptions } from '../../src/embedded/world.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { watchRun } from '../../src/temporal/watch-run.ts';

export type RunHandle = WorkflowHandle<(run: unknown) => Promise<RunResult>>;

/** A worker in a process of its own, so that it can be killed. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly logFile: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestWorld {
  readonly world: World;
  readonly folder: string;
  readonly client: Client;
  startWorker(settings?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  /** Starts another of our servers in the same way: the arguments of `slipway`, and what its log says when it is ready. */
  startProcess(
    args: readonly string[],
    ready: string,
    settings?: Readonly<Record<string, string>>,
  ): Promise<WorkerProcess>;
  /** Starts a run of the sample component at a commit. */
  start(name: string, commit: string): Promise<RunHandle>;
  /** Waits until a step of the run is in that state. */
  reach(run: RunHandle, step: string, state?: 'running' | 'done'): Promise<void>;
  stop(): Promise<void>;
}

/** The embedded world with fixed tokens, and workers as processes. */
export async function startTestWorld({
  tokens = {},
  forge = {},
  buildHost,
}: {
  tokens?: Readonly<Record<string, string>>;
  buildHost?: string;
  forge?: NonNullable<WorldOptions['forge']>;
} = {}): Promise<TestWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-e2e-'));
  await mkdir(join(folder, 'secrets'), { recursive: true });
  for (const [key, token] of Object.entries(tokens))
    await writeFile(join(folder, 'secrets', key), token, { mode: 0o600 });
  const cacheFolder = defaultCacheFolder(process.env);
  const options = { folder, cacheFolder, environment: process.env, temporalFrom: undefined, forge, buildHost };
  const world = await startWorld(options, ({ state, task, text }) => {
    if (state === 'failed') process.stderr.write(`${task}: ${text}\n`);
  });
  const { client, connection } = await connectClient(temporalSettings(world.settings));
  const workers: WorkerProcess[] = [];

  const startProcess: TestWorld['startProcess'] = async (args, ready, settings = {}) => {
    const logFile = join(folder, `${args[0]}-${workers.length}.log`);
    const child = spawn(process.execPath, ['src/cli.ts', ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...world.settings, ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.pipe(createWriteStream(logFile));
    const end = async (signal: NodeJS.Signals) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    };
    const worker = { child, logFile, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
    workers.push(worker);
    while (!(await readFile(logFile, 'utf8').catch(() => '')).includes(ready)) {
      if (child.exitCode !== null) throw new Error(`${args[0]} ended: ${await readFile(logFile, 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return worker;
  };

  return {
    world,
    folder,
    client,
    startProcess,
    startWorker: (settings) => startProcess(['worker'], 'worker started', settings),
    async start(name, commit) {
      const run = sampleRun(name, commit, world.repositories.source);
      return (await startRun(client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
    },
    async reach(run, step, state = 'running') {
      for await (const { status, closed } of watchRun(run, { pollMs: 50 })) {
        if (status.steps.some((other) => other.name === step && other.state === state)) return;
        if (closed) throw new Error(`the run ended as ${closed} before ${step} was ${state}`);
      }
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
      await world.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
