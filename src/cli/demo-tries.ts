import { printTitle, type Stage, showCommit, showRun } from './demo-show.ts';

const offer = `  c  another commit: its pull request closes the older one
  f  a commit that does not build: the run fails and says why; the next commit mends it
  r  the last run once more: what is done is found again, so a retry takes seconds

Type a letter and press Enter. All of it stays up until you press Ctrl-C.`;

/** Lets the user try more, one thing after the other, until the interruption. `run` is the one that a retry begins with. */
export async function offerTries(stage: Stage, run: object): Promise<void> {
  const { deps, screen } = stage;
  let last = run;
  printOffer(stage);
  for await (const line of deps.lines) {
    if (deps.interrupted.aborted) return;
    const show = tries[line.trim().toLowerCase()];
    if (show === undefined) {
      screen.print(offer);
      continue;
    }
    try {
      last = (await show(stage, last)).run;
    } catch (error) {
      if (deps.interrupted.aborted) return;
      screen.print(`That did not work: ${error instanceof Error ? error.message : String(error)}`);
    }
    printOffer(stage);
  }
  await untilAborted(deps.interrupted);
}

const tries: Readonly<Record<string, (stage: Stage, last: object) => ReturnType<typeof showRun>>> = {
  c: (stage) => showCommit(stage, 'works'),
  f: (stage) => showCommit(stage, 'fails'),
  r: showRun,
};

function printOffer(stage: Stage): void {
  printTitle(stage, 'More to try');
  stage.screen.print(offer);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
