import { setTimeout as sleep } from 'node:timers/promises';
import { phases } from '../builds/buildpacks/phases.ts';
import { buildSteps } from '../builds/exit-codes.ts';
import type { RunBuild, RunBuilds } from '../temporal/find-builds.ts';
import { type LogReader, onlyStep } from './log-reader.ts';
import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';
import { wrap } from './wrap.ts';

export interface RunLogsDeps extends RunDeps {
  /** Where the log of a build is. */
  place(execution: string, build: RunBuild): Promise<LogPlace>;
  /** Opens it; with `follow` what is printed later comes, too. */
  openLog(execution: string, build: RunBuild, follow: boolean, workflowId: string): Promise<LogReader>;
}

export interface LogPlace {
  /** The log, or its copy where the build is a Job, on the machine of its worker. */
  readonly file: string;
  /** The machine that the build is bound to; null for a Job in a cluster. */
  readonly host: string | null;
  /** Is that machine this one? */
  readonly isHere: boolean;
  /** Null where the build is no Job. */
  readonly job: { readonly plane?: string; readonly namespace: string; readonly name: string } | null;
}

const help = `slipway run logs NAME [-n NS] [-f] [--step STEP] [--json]

Prints the log of a run's build. On the local plane it is a file on the machine where the build ran
(for a week, in SLIPWAY_BUILD_DIRECTORY); elsewhere this says on which machine. Of a build that is a
Job it comes from its pod while that is there, if SLIPWAY_KUBECONFIG names its cluster; its worker
keeps a copy in SLIPWAY_BUILD_DIRECTORY. Where neither is within reach it comes from the store of
logs (SLIPWAY_LOG_STORE), or from the server that SLIPWAY_SERVER names (https://slipway.example),
with the token in SLIPWAY_API_TOKEN.

${nameHelp}
  -f, --follow           goes on until the build is over; waits for one that has not begun
  --step STEP            only of one step: clone, restore, build or push; by buildpacks also
                         analyze, detect and export
  --json                 prints where the logs are instead, as one JSON object: workflowId, builds
                         (ordinal, state, reused, host, file, job)

  slipway run logs greeter-001 -f

Exit codes: 0 printed, or nothing was built; 1 there is no log here, or no such run; 2 wrong usage.
`;

const options = {
  ...namespaceOption,
  follow: { type: 'boolean', short: 'f', default: false },
  step: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const POLL_MS = 500;
const steps: readonly string[] = [...new Set<string>([...buildSteps, ...phases])];

/** Prints the log of a run's builds; 1 where it is not on this machine. */
export async function runLogs(args: readonly string[], deps: RunLogsDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run logs', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, follow, step, json }, name) => {
    if (follow && json) throw new UsageError('--follow and --json do not go together');
    if (step !== undefined && !steps.includes(step)) throw new UsageError(`--step is one of ${steps.join(', ')}`);
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) => {
      const print = printer(deps, { follow, step, id }, (text) => out.write(text));
      for (;;) {
        // Asked before the files are read: what a build wrote before its end is printed.
        const found = await runs.builds(id);
        if (!found) return noSuchRun(runs, id, err);
        if (json) {
          out.write(`${JSON.stringify({ workflowId: id, builds: await places(found, deps) })}\n`);
          return 0;
        }
        const lacking = await print(found);
        if (!follow || isOver(found)) return explain(found, lacking, deps, (text) => err.write(`${wrap(text)}\n`));
        await sleep(POLL_MS);
      }
    });
  });
}

interface Printing {
  readonly follow: boolean;
  readonly step: string | undefined;
  /** Of the workflow. */
  readonly id: string;
}

/** Prints what is new in the logs of builds; gives the builds that have no log here. */
function printer({ openLog }: RunLogsDeps, { follow, step, id }: Printing, write: (text: string) => void) {
  const opened = new Map<number, LogReader>();
  const open = async (execution: string, build: RunBuild): Promise<LogReader> => {
    const log = opened.get(build.ordinal) ?? withHeading(await openLog(execution, build, follow, id), build, step);
    opened.set(build.ordinal, log);
    return log;
  };
  return async ({ execution, builds }: RunBuilds): Promise<readonly RunBuild[]> => {
    const lacking: RunBuild[] = [];
    for (const build of builds.filter(({ reused }) => !reused)) {
      const text = await (await open(execution, build)).read(build.state !== 'running');
      if (text === null) lacking.push(build);
      else write(text);
    }
    return lacking;
  };
}

function withHeading(log: LogReader, { ordinal }: RunBuild, step: string | undefined): LogReader {
  const pick = step === undefined ? (piece: string) => piece : onlyStep(step);
  let heading = ordinal > 1 ? `=== build ${ordinal} ===\n` : '';
  return {
    async read(isLast) {
      const piece = await log.read(isLast);
      if (piece === null || piece === '') return piece;
      const text = heading + pick(piece);
      heading = '';
      return text;
    },
  };
}

/** A failed build may be followed by another one as long as the run is not over. */
function isOver({ closed, builds }: RunBuilds): boolean {
  return closed || builds.at(-1)?.state === 'done';
}

async function explain(
  { execution, closed, builds }: RunBuilds,
  lacking: readonly RunBuild[],
  deps: RunLogsDeps,
  say: (text: string) => void,
): Promise<number> {
  const [build] = lacking;
  if (build) {
    say(whereItIs(build, await deps.place(execution, build)));
    return 1;
  }
  if (builds.length === 0) {
    say(closed ? 'This run ended before its build.' : 'The build has not begun yet; -f waits for it.');
    return closed ? 0 : 1;
  }
  if (builds.every(({ reused }) => reused)) say('Nothing was built: an image of the same inputs was there already.');
  return 0;
}

function whereItIs({ ordinal, state }: RunBuild, { file, host, isHere, job }: LogPlace): string {
  if (job) {
    const { namespace, name } = job;
    return `Build ${ordinal} is the Job ${namespace}/${name}. Name its cluster in SLIPWAY_KUBECONFIG, or use: kubectl logs -n ${namespace} job/${name} --all-containers. The machine of its worker has a copy for a week: ${file} (below the worker's SLIPWAY_BUILD_DIRECTORY).`;
  }
  if (!isHere) {
    return `The log of build ${ordinal} is on the machine ${host}: use this command there, or read ${file} (below the SLIPWAY_BUILD_DIRECTORY of its worker, if that is set).`;
  }
  if (state === 'running') return `Build ${ordinal} has not written to ${file} yet; -f waits for it.`;
  return `There is no log at ${file}. Logs are kept for a week; if the worker has another SLIPWAY_BUILD_DIRECTORY, set the same here.`;
}

async function places({ execution, builds }: RunBuilds, { place }: RunLogsDeps): Promise<readonly object[]> {
  return Promise.all(
    builds.map(async (build) => {
      const { ordinal, state, reused } = build;
      const { file, host, job } = await place(execution, build);
      return { ordinal, state, reused, host, file, job };
    }),
  );
}
