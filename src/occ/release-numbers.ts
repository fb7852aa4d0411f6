import type { Repository } from '../openchoreo/repository/repository.ts';

/** The largest number that a release's name has after a prefix which ends in `-`, of any component and in any folder; 0 where none has one. */
export type LargestNumber = (prefix: string) => number;

/** Looks through the tree once, when it is first asked. */
export function createLargestNumber({ find }: Pick<Repository, 'find'>): LargestNumber {
  let known: ReadonlyMap<string, number> | undefined;
  return (prefix) => {
    known ??= largestNumbers(find('ComponentRelease', {}).map(({ name }) => name));
    return known.get(prefix) ?? 0;
  };
}

function largestNumbers(names: readonly string[]): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  for (const name of names) {
    const start = name.lastIndexOf('-') + 1;
    const prefix = name.slice(0, start);
    const number = name.slice(start);
    if (/^\+?\d+$/.test(number)) largest.set(prefix, Math.max(largest.get(prefix) ?? 0, Number(number)));
  }
  return largest;
}
