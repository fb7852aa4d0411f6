import type { Progress } from '../../src/embedded/progress.ts';

/** Tells on stderr what takes long: a task that was done at once is not told. */
export function tellProgress(): Progress {
  const told = new Set<string>();
  return ({ task, state, text }) => {
    if (state === 'done' && !told.has(task)) return;
    told.add(task);
    process.stderr.write(`${task}: ${text}\n`);
  };
}
