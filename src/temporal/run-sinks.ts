import type { InjectedSinks } from '@temporalio/worker';
import type { RunEnded, RunSinks } from '../../workflows/tell-run.ts';
import { readRunWorkflowId } from './names.ts';

/** Who is told of runs. */
export interface RunWatch {
  /** `run` is `namespace/name`. */
  ended(run: string, end: RunEnded): void;
  hadTurn(seconds: number): void;
}

/** Hands on what workflows tell, each thing once and not again at a replay. */
export function createRunSinks({ ended, hadTurn }: RunWatch): InjectedSinks<RunSinks> {
  return {
    runs: {
      ended: {
        fn({ workflowId }, end) {
          const { namespace, name } = readRunWorkflowId(workflowId) ?? { namespace: '', name: workflowId };
          ended(`${namespace}/${name}`, end);
        },
      },
      hadTurn: { fn: (_info, seconds) => hadTurn(seconds) },
    },
  };
}
