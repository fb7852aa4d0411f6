/**
 * The leader of a local build's process group: `node step.ts <folder>`. Takes the folder or leaves at once, runs the steps,
 * keeps the time limit, leaves the result by rename and ends with all of its group. Needs no worker once it has its secrets.
 */
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { BuildEnd } from '../../builds/build-end.ts';
import type { BuildStep } from '../../builds/exit-codes.ts';
import { buildImage } from '../steps/build.ts';
import { cloneSource } from '../steps/clone.ts';
import { prepareEngine } from '../steps/engine-environment.ts';
import { layoutDigest } from '../steps/layout.ts';
import { pushImage } from '../steps/push.ts';
import { runProgram } from '../steps/run-program.ts';
import { buildPaths, type StepContext } from '../steps/step-context.ts';
import { stepHeading } from '../steps/step-heading.ts';
import { StepRequest } from '../steps/step-request.ts';
import { buildFiles, claimBuild, writeWhole } from './build-folder.ts';
import { readStepLog } from './build-log.ts';
import { removeLeftovers } from './leftovers.ts';
import { endGroup } from './process-group.ts';
import { StepSecrets } from './step-secrets.ts';

const graceMs = 5000;
const longestTimerMs = 2 ** 31 - 1;

const folder = path.resolve(process.argv[2] ?? '.');
if (!(await claimBuild(folder))) process.exit(0);
// The context's files keep the modes that git gives them, whatever the worker's umask is.
process.umask(0o022);

const log = await open(path.join(folder, buildFiles.log), 'a', 0o600);
const current: { step: BuildStep; timedOut: boolean } = { step: 'clone', timedOut: false };
process.on('SIGTERM', () => {
  if (!current.timedOut) process.exit(143);
});

const end = JSON.stringify(await runSteps());
// On a full disk there is room for the result once the rest is gone.
const isWritten = await writeWhole(folder, buildFiles.result, end).then(
  () => true,
  () => false,
);
await removeLeftovers(folder, process.env);
if (!isWritten) await writeWhole(folder, buildFiles.result, end);
// Whatever a RUN left in the background ends here, and this process with it.
process.kill(-process.pid, 'SIGKILL');

async function runSteps(): Promise<BuildEnd> {
  const oomKillsBefore = await countOomKills();
  const stopped = async (exitCode: number): Promise<BuildEnd> => {
    const wasKilled = exitCode === 137 || /exit (?:status|code:?) 137|signal: killed/.test(await readStepLog(folder));
    const outOfMemory = wasKilled && (await countOomKills()) > oomKillsBefore;
    const { step, timedOut } = current;
    return { v: 1, kind: 'stopped', step, exitCode, timedOut, outOfMemory, outOfDisk: false };
  };
  try {
    const request = StepRequest.parse(JSON.parse(await readFile(path.join(folder, buildFiles.request), 'utf8')));
    const secrets = await readSecrets();
    const limit = setTimeout(() => void endAll(), Math.min(request.timeoutSeconds * 1000, longestTimerMs));
    const context: StepContext = {
      folder,
      scratch: folder,
      request,
      inherited: definedOnly(process.env),
      output: () => readStepLog(folder),
      run: (command, environment) =>
        current.timedOut ? Promise.resolve(143) : runProgram(command, { environment, folder, log: log.fd }),
    };
    const enter = async (step: BuildStep): Promise<void> => {
      current.step = step;
      await log.write(stepHeading(step));
      await writeWhole(folder, buildFiles.step, step);
    };
    await enter('clone');
    const cloned = await cloneSource(context, secrets.sourceAuthorization);
    if (cloned !== 0) return stopped(cloned);
    await enter('build');
    const environment = await prepareEngine(context);
    const built = await buildImage(context, environment);
    if (built !== 0) return stopped(built);
    // A process that a RUN left behind must not be there when the credential is.
    await endGroup(process.pid, graceMs, process.pid);
    const digest = await layoutDigest(buildPaths(folder).layout);
    await enter('push');
    const pushed = await withCredentialFile(secrets.registryAuth, (file) =>
      pushImage(context, environment, digest, file),
    );
    if (pushed !== 0) return stopped(pushed);
    clearTimeout(limit);
    return { v: 1, kind: 'pushed', digest };
  } catch (error) {
    await log.write(`${error instanceof Error ? error.message : error}\n`).catch(() => {}); // the disk may be full
    return stopped(1);
  }
}

/** The credential is a file only while this runs: skopeo reads it again for each registry it asks, which a pipe does not allow. */
async function withCredentialFile<T>(
  text: string | undefined,
  use: (file: string | undefined) => Promise<T>,
): Promise<T> {
  if (text === undefined) return use(undefined);
  const file = path.join(folder, 'credentials.json');
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

async function readSecrets(): Promise<StepSecrets> {
  const input = await text(process.stdin);
  try {
    return StepSecrets.parse(JSON.parse(input));
  } catch {
    // Without the cause: a parser's message quotes what it read.
    throw new Error('the worker ended before it had handed over the credentials');
  }
}

/** Ends what runs; the step then sees a failed program and the build ends as timed out. */
async function endAll(): Promise<void> {
  current.timedOut = true;
  await endGroup(process.pid, graceMs, process.pid);
}

/** How often this machine's kernel has killed a process for want of memory. */
async function countOomKills(): Promise<number> {
  const counters = await readFile('/proc/vmstat', 'utf8').catch(() => '');
  return Number(/^oom_kill (\d+)$/m.exec(counters)?.[1] ?? 0);
}

function definedOnly(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
