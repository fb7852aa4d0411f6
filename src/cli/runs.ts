import type { RunDescription } from '../temporal/describe-run.ts';
import type { EndedRun } from '../temporal/explain-failure.ts';
import type { RunBuilds } from '../temporal/find-builds.ts';
import type { RunFilter } from '../temporal/list-runs.ts';
import type { RunSummary } from '../temporal/run-summary.ts';
import type { RunStart, StartedRun } from '../temporal/start-run.ts';
import type { RunView } from '../temporal/watch-run.ts';

/** The runs of a Temporal namespace, by their workflow ids: our library, bound to a connection. */
export interface Runs {
  start(start: RunStart): Promise<StartedRun>;
  retry(workflowId: string): Promise<StartedRun>;
  cancel(workflowId: string): Promise<boolean>;
  find(workflowId: string): Promise<RunSummary | null>;
  describe(workflowId: string): Promise<RunDescription | null>;
  list(filter: RunFilter): AsyncIterable<RunSummary>;
  watch(workflowId: string): AsyncIterable<RunView>;
  waitForEnd(workflowId: string): Promise<EndedRun>;
  builds(workflowId: string): Promise<RunBuilds | null>;
  /** Address of the run's page in the Temporal UI; null where nobody told where that is. */
  link(workflowId: string): string | null;
}

/** What the run commands need. */
export interface RunDeps {
  /** Connects, works, and lets go of the connection. Throws a `Failure` where Temporal cannot be used. */
  withRuns<T>(work: (runs: Runs) => Promise<T>): Promise<T>;
}
