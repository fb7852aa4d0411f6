import type { Observation } from './observe-run.ts';
import type { Row, Section } from './section.ts';

/** What our service adds to a build: start → pull request, and where that time goes. */
export function overhead(runs: readonly Observation[]): Section {
  const names = [...new Set(runs.flatMap(({ times }) => times.steps.map(({ name }) => name)))];
  const row = (what: string, samples: readonly number[], more: Partial<Row> = {}): Row => ({
    what,
    unit: 'ms',
    samples,
    ...more,
  });
  const stepRows = names.map((name): Row => {
    const steps = runs.flatMap(({ times }) => times.steps.filter((step) => step.name === name));
    const waits = steps.map(({ waitMs }) => waitMs);
    const mean = waits.reduce((sum, ms) => sum + ms, 0) / waits.length;
    return row(
      `  ${name}`,
      steps.map(({ workMs }) => workMs),
      { note: `and ${mean.toFixed(0)} ms until a worker took it up` },
    );
  });
  const dispatch = runs.map(({ times }) => times.steps.reduce((sum, { waitMs }) => sum + waitMs, 0));
  const tasks = runs.map(({ times }) => times.workflowTaskMs);
  const count = runs[0]?.times.workflowTasks ?? 0;
  return {
    title: 'overhead: start → pull request, with a build that does nothing',
    rows: [
      row(
        'start → result',
        runs.map(({ ms }) => ms),
        { most: 5000 },
      ),
      ...stepRows,
      row(
        '  (turn)',
        runs.map(({ times }) => times.turnMs),
        { note: 'from the ask to the turn' },
      ),
      row('all steps, until a worker took them up', dispatch),
      row('all workflow tasks, from due to done', tasks, { note: `${count} of them` }),
    ],
    notes: [],
  };
}
