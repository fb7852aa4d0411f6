import {
  type ActivityOptions,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { nothingKnown, type RunStatus, runDetails, type StepStatus } from '../src/runs/status.ts';
import { status as statusQuery, waiting } from './messages.ts';
import { steps } from './proxies.ts';

type StepName = keyof Activities;
type StepInput<N extends StepName> = Parameters<Activities[N]>[0];
type StepOutput<N extends StepName> = Awaited<ReturnType<Activities[N]>>;
interface StepActivity<N extends StepName> {
  executeWithOptions(options: ActivityOptions, args: [StepInput<N>]): Promise<StepOutput<N>>;
}

export interface Progress {
  /** Runs one step as an activity with a summary, and shows it while it runs and afterwards. */
  step<N extends StepName>(
    name: N,
    summary: string,
    input: StepInput<N>,
    options?: ActivityOptions,
  ): Promise<StepOutput<N>>;
  /** Shows that the run waits for something while `wait` runs. */
  waitFor(step: string, reason: string, wait: () => Promise<void>): Promise<void>;
  /** Adds what is known by now. */
  know(facts: Partial<Pick<RunStatus, 'component' | 'commit' | 'image' | 'pullRequest'>>): void;
  warn(warnings: readonly string[]): void;
  status(): RunStatus;
}

/** Keeps the run's status for its query and for the Temporal UI. */
export function trackProgress(): Progress {
  let status = nothingKnown;
  const show = (change: Partial<RunStatus>) => {
    status = { ...status, ...change };
    setCurrentDetails(runDetails(status));
  };
  const begin = (name: string, note: string) => {
    const index = status.steps.length;
    const begun: StepStatus = { name, state: 'running', startedAt: Date.now(), endedAt: null, note };
    show({ steps: [...status.steps, begun] });
    return (state: StepStatus['state']) =>
      show({
        steps: status.steps.with(index, { ...begun, state, endedAt: Date.now() }),
        waiting: status.waiting?.step === name ? null : status.waiting,
      });
  };
  setHandler(statusQuery, () => status);
  setHandler(waiting, (what) => {
    if (status.steps.some(({ name, state }) => name === what.step && state === 'running')) show({ waiting: what });
  });

  async function watched<T>(name: string, note: string, work: () => Promise<T>): Promise<T> {
    const end = begin(name, note);
    try {
      const result = await work();
      end('done');
      return result;
    } catch (error) {
      end(isCancellation(error) || CancellationScope.current().consideredCancelled ? 'cancelled' : 'failed');
      throw error;
    }
  }

  return {
    step: (name, summary, input, options = {}) =>
      watched(name, summary, () => {
        // Indexing the proxy by a union of names gives TypeScript a union of functions that it cannot call.
        const activity = steps[name] as unknown as StepActivity<typeof name>;
        return activity.executeWithOptions({ ...options, summary: summary.slice(0, 200) }, [input]);
      }),
    waitFor: (step, reason, wait) =>
      watched(step, reason, async () => {
        show({ waiting: { step, reason, until: null } });
        await wait();
      }),
    know: show,
    warn: (warnings) => show({ warnings: [...new Set([...status.warnings, ...warnings])] }),
    status: () => status,
  };
}
