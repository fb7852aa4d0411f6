import { sampleRun } from '../embedded/samples/run.ts';
import type { World } from '../embedded/world.ts';
import type { DemoDeps, DemoResult } from './demo.ts';
import { colourDiff, type StepTime, showSteps, timeTable } from './demo-steps.ts';
import { type Out, paint } from './out.ts';
import type { Screen } from './screen.ts';

/** Where the demo plays. */
export interface Stage {
  readonly world: World;
  readonly deps: Pick<DemoDeps, 'interrupted' | 'lines' | 'now' | 'startRun'>;
  readonly screen: Screen;
  readonly out: Out;
}

/** A run that was shown, and how it ended. */
export interface ShownRun {
  readonly run: object;
  readonly result: DemoResult;
}

/** Pushes a commit and shows its run until the end. Rejects when the user interrupts it. */
export async function showCommit(stage: Stage, build: 'works' | 'fails'): Promise<ShownRun> {
  const { world, deps, screen } = stage;
  printTitle(
    stage,
    build === 'works' ? 'A developer pushes a commit' : 'A developer pushes a commit that does not build',
  );
  const stamp = deps.now().toISOString().slice(0, 19);
  const commit = await world.commitChange(`Changed at ${stamp.replace('T', ' ')} UTC`, build);
  screen.print(`${commit.slice(0, 12)} on main of ${world.repositories.source}`);
  const run = sampleRun(`greeter-${stamp.replaceAll(/\D/g, '')}`, commit, world.repositories.source);
  return showRun(stage, run);
}

/** Starts a run and shows it until the end. Rejects when the user interrupts it. */
export async function showRun(stage: Stage, request: object): Promise<ShownRun> {
  const { world, deps, screen } = stage;
  printTitle(stage, 'Build and release');
  const run = await deps.startRun(world.settings, request);
  screen.print(`${run.workflowId}, ${run.url}`);
  const end = Promise.all([showSteps(run.steps, screen), run.result]);
  const [times, result] = await Promise.race([end, rejectOn(deps.interrupted)]).finally(() => run.close());
  await printEnd(stage, run.url, times, result);
  return { run: request, result };
}

/** Writes a title between what is shown. */
export function printTitle({ screen, out }: Pick<Stage, 'screen' | 'out'>, text: string): void {
  screen.print(`\n${paint(out, 'bold', text)}`);
}

async function printEnd(stage: Stage, runUrl: string, times: readonly StepTime[], result: DemoResult): Promise<void> {
  const { world, screen, out } = stage;
  if (result.kind === 'failed') {
    printTitle(stage, `The run failed: ${result.type}`);
    screen.print(result.message);
  } else if (result.pullRequest === null) {
    printTitle(stage, `The run ended: ${result.outcome}`);
  } else {
    const { pullRequest } = result;
    printTitle(stage, `The pull request: ${pullRequest.title}`);
    screen.print(`${pullRequest.body.trimEnd()}\n`);
    screen.print(colourDiff(await world.diff(pullRequest.branch), out));
  }
  printTitle(stage, 'Time per step');
  screen.print(timeTable(times, out));
  printTitle(stage, 'Where to look');
  const places = [
    ...(result.kind === 'ended' && result.pullRequest ? [['pull request', result.pullRequest.url]] : []),
    ['the run', runUrl],
    ['Temporal', world.temporal.uiUrl],
    ['repositories', world.forgeUrl],
    ['registry', `http://${world.registry}/v2/_catalog`],
  ];
  for (const [what = '', where = ''] of places) screen.print(`${what.padEnd(13)} ${paint(out, 'blue', where)}`);
}

function rejectOn(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    const interrupt = () => reject(new Error('interrupted'));
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
  rejection.catch(() => undefined);
  return rejection;
}
