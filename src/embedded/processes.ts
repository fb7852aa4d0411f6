import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failures.ts';
import { identifyProcess, isAlive, ProcessIdentity } from './process-identity.ts';
import { lastLines } from './run-command.ts';

export interface ProcessPlan {
  /** Names the pid file and the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Asked again and again until it is true; it is given up by the signal. */
  isReady(signal: AbortSignal): Promise<boolean>;
  readonly readyWithinSeconds: number;
}

/** A server that runs until someone stops it. */
export interface ServerProcess {
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Asks it to end, insists after ten seconds, and waits until it is gone. Safe to repeat. */
  stop(): Promise<void>;
  /** Ends it without warning and waits until it is gone. */
  kill(): Promise<void>;
}

const graceMs = 10_000;

/**
 * Starts a server in a process group of its own, with its pid file and log in the folder, and waits until it is ready.
 * Throws `Unavailable` with the end of its log when it exits or does not become ready; then it is not left running.
 */
export async function startProcess(folder: string, plan: ProcessPlan): Promise<ServerProcess> {
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, `${plan.name}.log`);
  const pidFile = pidFileOf(folder, plan.name);
  const log = await open(logFile, 'w');
  const child = spawn(plan.command, plan.args, {
    // Its own group: Ctrl-C in a terminal must reach us first, so that servers end in order.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: plan.environment,
  });
  const broken = new Promise<Error>((resolve) => child.once('error', resolve));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await log.close();
  const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
  if (child.pid === undefined) throw startFailure(plan, `it cannot be run: ${(await broken).message}`, '');
  if (identity === undefined) throw startFailure(plan, 'it exited at once', await readTail(logFile));
  await writeWhole(pidFile, JSON.stringify(identity));

  const end = async (force: boolean) => {
    await endProcess(identity, force);
    await exited;
    await rm(pidFile, { force: true });
  };
  const server: ServerProcess = { identity, logFile, stop: () => end(false), kill: () => end(true) };
  try {
    await waitUntilReady(plan, identity);
  } catch (error) {
    await server.kill();
    throw startFailure(plan, error instanceof Error ? error.message : String(error), await readTail(logFile));
  }
  return server;
}

/** Ends every server whose pid file lies in the folder, as a killed owner leaves them; names those that still ran. */
export async function endLeftovers(folder: string, options?: EndOptions): Promise<readonly string[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.pid'));
  const names = files.map((file) => basename(file, '.pid'));
  const ran = await Promise.all(names.map((name) => endServer(folder, name, options)));
  return names.filter((_, index) => ran[index]);
}

export interface EndOptions {
  /** Without asking first, as a crash would. */
  readonly force?: boolean;
}

/** Ends the server of that name whose pid file lies in the folder, whoever started it; says whether it still ran. */
export async function endServer(folder: string, name: string, { force = false }: EndOptions = {}): Promise<boolean> {
  const pidFile = pidFileOf(folder, name);
  const identity = parseIdentity(await readFile(pidFile, 'utf8').catch(() => ''));
  const ran = identity !== undefined && (await isAlive(identity));
  if (ran) await endProcess(identity, force);
  await rm(pidFile, { force: true });
  return ran;
}

/** A pid that belongs to another process by now is never signalled. */
async function endProcess(identity: ProcessIdentity, force: boolean): Promise<void> {
  const started = Date.now();
  let signal: NodeJS.Signals | undefined = force ? 'SIGKILL' : 'SIGTERM';
  while (await isAlive(identity)) {
    if (signal !== 'SIGKILL' && Date.now() - started > graceMs) signal = 'SIGKILL';
    if (signal !== undefined) signalGroup(identity.pid, signal);
    signal = signal === 'SIGKILL' ? 'SIGKILL' : undefined;
    await sleep(50);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

async function waitUntilReady(plan: ProcessPlan, identity: ProcessIdentity): Promise<void> {
  const deadline = AbortSignal.timeout(plan.readyWithinSeconds * 1000);
  for (;;) {
    const ready = await plan.isReady(deadline).catch(() => false);
    // Another server may answer at that address, so an answer counts only while ours lives.
    if (!(await isAlive(identity))) throw new Error('it exited; is one of its ports taken?');
    if (ready) return;
    if (deadline.aborted) throw new Error(`it was not ready within ${plan.readyWithinSeconds} s`);
    await sleep(50);
  }
}

function startFailure({ name, command }: ProcessPlan, what: string, log: string): Failure {
  return new Failure('Unavailable', `${name} (${command}) did not start: ${what}${log === '' ? '' : `\n${log}`}`);
}

async function readTail(logFile: string): Promise<string> {
  return lastLines(await readFile(logFile, 'utf8').catch(() => ''), 20);
}

function pidFileOf(folder: string, name: string): string {
  return join(folder, `${name}.pid`);
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
