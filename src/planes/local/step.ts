/**
 * The leader of a local build's process group: `node step.ts <folder>`. Takes the folder or leaves at once, runs the steps,
 * keeps the time limit, leaves the result by rename and ends with all of its group. Needs no worker once it has its secrets.
 */
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { BuildEnd } from '../../builds/build-end.ts';
import type { Command } from '../../builds/engine-commands.ts';
import { buildImage } from '../steps/build.ts';
import { cloneSource } from '../steps/clone.ts';
import { prepareEngine } from '../steps/engine-environment.ts';
import { layoutDigest } from '../steps/layout.ts';
import { pushImage } from '../steps/push.ts';
import { runProgram } from '../steps/run-program.ts';
import { buildPaths, type StepContext } from '../steps/step-context.ts';
import { stepHeading } from '../steps/step-heading.ts';
import { buildFiles, claimBuild, writeWhole } from './build-folder.ts';
import { readStepLog } from './build-log.ts';
import { withCredentialFile } from './credential-file.ts';
import { removeLeftovers } from './leftovers.ts';
import { LocalRequest } from './local-request.ts';
import { runPhases } from './phases/run-phases.ts';
import { endGroup } from './process-group.ts';
import { StepSecrets } from './step-secrets.ts';

const graceMs = 5000;
const longestTimerMs = 2 ** 31 - 1;

const folder = path.resolve(process.argv[2] ?? '.');
if (!(await claimBuild(folder))) process.exit(0);
// The context's files keep the modes that git gives them, whatever the worker's umask is.
process.umask(0o022);

const log = await open(path.join(folder, buildFiles.log), 'a', 0o600);
type Step = Extract<BuildEnd, { kind: 'stopped' }>['step'];
const current: { step: Step; timedOut: boolean } = { step: 'clone', timedOut: false };
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
    const request = LocalRequest.parse(JSON.parse(await readFile(path.join(folder, buildFiles.request), 'utf8')));
    const secrets = await readSecrets();
    const limit = setTimeout(() => void endAll(), Math.min(request.timeoutSeconds * 1000, longestTimerMs));
    const run = (command: Command, environment: Readonly<Record<string, string>>, quiet = false): Promise<number> =>
      current.timedOut ? Promise.resolve(143) : runProgram(command, { environment, folder, log: log.fd, quiet });
    const context: StepContext = {
      folder,
      scratch: folder,
      request,
      inherited: definedOnly(process.env),
      output: () => readStepLog(folder),
      run,
    };
    const enter = async (step: Step): Promise<void> => {
      current.step = step;
      await log.write(stepHeading(step));
      await writeWhole(folder, buildFiles.step, step);
    };
    await enter('clone');
    const cloned = await cloneSource(context, secrets.sourceAuthorization);
    if (cloned !== 0) return stopped(cloned);
    const environment = await prepareEngine(context);
    const image =
      request.phases === undefined
        ? await buildAndPush(context, environment, secrets, enter)
        : await runPhases(context, request.phases, environment, {
            enter,
            prepare: (command) => run(command, environment, true),
            ...secrets,
          });
    if (typeof image === 'number') return stopped(image);
    clearTimeout(limit);
    return { v: 1, kind: 'pushed', digest: image.digest };
  } catch (error) {
    await log.write(`${error instanceof Error ? error.message : error}\n`).catch(() => {}); // the disk may be full
    return stopped(1);
  }
}

async function buildAndPush(
  context: StepContext,
  environment: Readonly<Record<string, string>>,
  { registryAuth }: StepSecrets,
  enter: (step: Step) => Promise<void>,
): Promise<{ readonly digest: string } | number> {
  await enter('build');
  const built = await buildImage(context, environment);
  if (built !== 0) return built;
  // A process that a RUN left behind must not be there when the credential is.
  await endGroup(process.pid, graceMs, process.pid);
  const digest = await layoutDigest(buildPaths(folder).layout);
  await enter('push');
  const pushed = await withCredentialFile(path.join(folder, 'credentials.json'), registryAuth, (file) =>
    pushImage(context, environment, digest, file),
  );
  return pushed === 0 ? { digest } : pushed;
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
