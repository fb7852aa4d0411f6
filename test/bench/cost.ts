import type { Observation } from './observe-run.ts';
import type { Row, Section } from './section.ts';
import { tally } from './traffic.ts';

/** Budget of a run, from the design. */
const mostEvents = 90;
const mostForgeCalls = 9;
const forgeCallsForClosing = 2;

/** What a run asks of the servers around it. `closing` runs closed one older pull request each. */
export function cost(
  first: readonly Observation[],
  closing: readonly Observation[],
  queueEvents: readonly number[],
): Section {
  const all = [...first, ...closing];
  const forge = (runs: readonly Observation[]) => runs.map(({ traffic }) => traffic.forge.length);
  const rows: readonly Row[] = [
    { what: 'history events', unit: 'count', samples: all.map(({ events }) => events), most: mostEvents },
    { what: 'history', unit: 'KiB', samples: all.map(({ historyKiB }) => historyKiB) },
    { what: "events in the component's queue", unit: 'count', samples: queueEvents, note: 'of two runs' },
    { what: 'forge calls, closing no pull request', unit: 'count', samples: forge(first), most: mostForgeCalls },
    {
      what: 'forge calls, closing one',
      unit: 'count',
      samples: forge(closing),
      most: mostForgeCalls + forgeCallsForClosing,
    },
    { what: "git's requests, closing none", unit: 'count', samples: first.map(({ traffic }) => traffic.git.length) },
    { what: "git's requests, closing one", unit: 'count', samples: closing.map(({ traffic }) => traffic.git.length) },
  ];
  const last = closing.at(-1);
  const notes = last ? [`forge: ${tally(last.traffic.forge)}`, `git: ${tally(last.traffic.git)}`] : [];
  return { title: 'cost of a run', rows, notes: notes.map((note) => `the last run's ${note}`) };
}
