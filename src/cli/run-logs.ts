import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunBuild, RunBuilds } from '../temporal/find-builds.ts';
import { noSuchRun } from './no-such-run.ts';
import { nameHelp, namespaceOption, runId } from './run-name.ts';
import type { RunDeps } from './runs.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';
import { wrap } from './wrap.ts';

export interface RunLogsDeps extends RunDeps {
  /** Where the log of a build is, when it ran on this machine. */
  place(execution: string, build: RunBuild): Promise<LogPlace>;
  /** Bytes of a file from an offset on, at most some; null where there is no file. */
  readFrom(file: string, offset: number): Promise<Uint8Array | null>;
}

export interface LogPlace {
  readonly file: string;
  /** The machine that the build is bound to; null for a Job in a cluster. */
  readonly host: string | null;
  /** Is that machine this one? */
  readonly isHere: boolean;
}

const help = `slipway run logs NAME [-n NS] [-f] [--json]

Prints the log of a run's build. On the local plane it is a file on the machine where the build ran
(for a week, in SLIPWAY_BUILD_DIRECTORY); elsewhere this says on which machine.

${nameHelp}
  -f, --follow           goes on until the build is over; waits for one that has not begun
  --json                 prints where the logs are instead, as one JSON object: workflowId, builds
                         (ordinal, state, reused, host, file)

  slipway run logs greeter-001 -f

Exit codes: 0 printed, or nothing was built; 1 there is no log here, or no such run; 2 wrong usage.
`;

const options = {
  ...namespaceOption,
  follow: { type: 'boolean', short: 'f', default: false },
  json: { type: 'boolean', default: false },
} as const;

const POLL_MS = 500;

/** Prints the log of a run's builds; 1 where it is not on this machine. */
export async function runLogs(args: readonly string[], deps: RunLogsDeps, { out, err }: Outs): Promise<number> {
  const usage = { command: 'run logs', help, options, argument: 'NAME' };
  return runCommand(usage, args, { out, err }, async ({ namespace, follow, json }, name) => {
    if (follow && json) throw new UsageError('--follow and --json do not go together');
    const id = runId(name, namespace);
    return deps.withRuns(async (runs) => {
      const print = printer(deps, (text) => out.write(text));
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

/** Prints what is new in the logs of builds; gives the builds that have no log here. */
function printer({ place, readFrom }: RunLogsDeps, write: (text: string) => void) {
  const shown = new Map<number, { offset: number; readonly decoder: StringDecoder }>();
  return async ({ execution, builds }: RunBuilds): Promise<readonly RunBuild[]> => {
    const lacking: RunBuild[] = [];
    for (const build of builds) {
      if (build.reused) continue;
      const { file } = await place(execution, build);
      const state = shown.get(build.ordinal) ?? { offset: 0, decoder: new StringDecoder('utf8') };
      for (;;) {
        const bytes = await readFrom(file, state.offset);
        if (bytes === null) lacking.push(build);
        if (bytes === null || bytes.length === 0) break;
        if (state.offset === 0 && build.ordinal > 1) write(`=== build ${build.ordinal} ===\n`);
        state.offset += bytes.length;
        shown.set(build.ordinal, state);
        write(state.decoder.write(bytes));
      }
    }
    return lacking;
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

function whereItIs({ ordinal, state }: RunBuild, { file, host, isHere }: LogPlace): string {
  if (host === null) return `Build ${ordinal} is a Job in a cluster; its log is there for as long as the Job is.`;
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
      const { file, host } = await place(execution, build);
      return { ordinal, state, reused, host, file };
    }),
  );
}
