import { Failure } from '../failures.ts';

/** Does what a pull request can do without: a refusal is a warning, but a limit or an outage passes and is worth a retry. */
export async function orWarning(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.type === 'RateLimited' || error.type === 'Unavailable') throw error;
    return [error.message];
  }
}

/** `organization/team` is a team, anything else a person. */
export function splitReviewers(names: readonly string[]): {
  readonly people: readonly string[];
  readonly teams: readonly string[];
} {
  return {
    people: names.filter((name) => !name.includes('/')),
    teams: names.flatMap((name) => (name.includes('/') ? [name.slice(name.indexOf('/') + 1)] : [])),
  };
}
