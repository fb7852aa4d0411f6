import { componentName } from './gitops-files.ts';
import { observeRun } from './observe-run.ts';
import type { Section } from './section.ts';
import type { BenchWorld } from './world.ts';

/** Three equal runs in a row, of each of these components: the second and third must find that nothing is left to do. */
export async function repetition(world: BenchWorld, components: readonly number[]): Promise<Section> {
  const commit = await world.commitSource();
  const times: number[][] = [[], [], []];
  for (const index of components) {
    const component = componentName(index);
    for (const [at, taken] of times.entries()) {
      const name = `same-${index}-${at + 1}`;
      const { ms, result } = await observeRun(world, { name, component, commit, useRecord: true });
      taken.push(ms);
      const expected = at === 0 ? 'released' : 'unchanged';
      if (result.outcome !== expected) throw new Error(`${name} ended as ${result.outcome}, not ${expected}`);
    }
  }
  const [first = [], second = [], third = []] = times;
  return {
    title: 'three equal runs in a row',
    rows: [
      { what: 'first: released', unit: 'ms', samples: first },
      { what: 'second: unchanged', unit: 'ms', samples: second },
      { what: 'third: unchanged', unit: 'ms', samples: third },
    ],
    notes: [],
  };
}
