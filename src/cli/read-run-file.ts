import { readRun } from '../runs/read-run.ts';
import { readRunRequest } from '../runs/run-request.ts';
import type { NamedRun } from './run-start.ts';

/** The run of a file after a change, checked as far as that goes without its ComponentWorkflow. Throws `InvalidRun`. */
export function readRunFile(text: string, file: string, change: (run: unknown) => unknown): NamedRun {
  const run = change(readRun(text, file));
  const { namespace, name } = readRunRequest(run, null);
  return { namespace, name, run };
}
