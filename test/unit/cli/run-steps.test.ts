import { describe, expect, it } from 'vitest';
import type { StepEvent } from '../../../src/cli/demo-steps.ts';
import { stepEvents } from '../../../src/cli/run-steps.ts';
import type { StepStatus } from '../../../src/runs/status.ts';
import { nothingKnown } from '../../../src/runs/status.ts';
import type { RunView } from '../../../src/temporal/watch-run.ts';

const step = (name: string, state: StepStatus['state'] = 'running'): StepStatus => ({
  name,
  state,
  startedAt: Date.now() - 2_000,
  endedAt: state === 'running' ? null : Date.now(),
  note: `note of ${name}`,
});
const view = (steps: readonly StepStatus[], more: Partial<RunView> = {}): RunView => ({
  status: { ...nothingKnown, steps },
  pending: [],
  withoutWorker: [],
  closed: null,
  ...more,
});
async function eventsOf(...views: RunView[]): Promise<string[]> {
  async function* all() {
    yield* views;
  }
  const events: StepEvent[] = [];
  for await (const event of stepEvents(all())) events.push(event);
  return events.map((event) => `${event.step} ${event.state} ${event.attempt}: ${event.detail}`);
}

describe('stepEvents', () => {
  it('tells each change of a step once', async () => {
    const running = view([step('a')]);
    expect(await eventsOf(running, running, view([step('a', 'done'), step('b', 'cancelled')]))).toEqual([
      'a running 1: note of a',
      'a done 1: note of a',
      'b failed 1: cancelled',
    ]);
  });

  it('tells until when a step waits for its next attempt, and why', async () => {
    const at = Date.now() + 1_000;
    const time = new Date(at).toISOString().slice(11, 19);
    const pending = [
      { step: 'a', attempt: 3, lastFailure: 'github.com is away.\nMore.', progress: null, nextAttemptAt: at },
    ];
    const again = [{ step: 'a', attempt: 3, lastFailure: 'github.com is away.', progress: null, nextAttemptAt: null }];
    const [first, second] = await eventsOf(view([step('a')], { pending }), view([step('a')], { pending: again }));
    expect(first).toMatch(new RegExp(`^a waiting 3: until (\\S+ )?${time} UTC: github.com is away.…$`));
    expect(second).toBe('a running 3: note of a');
  });

  it('tells where a step is in its own words, and what it waits for', async () => {
    const saying = (progress: string) =>
      view([step('a')], { pending: [{ step: 'a', attempt: 1, lastFailure: null, progress, nextAttemptAt: null }] });
    expect(await eventsOf(saying('waiting for a node: 0/1 nodes are available'), saying('push'))).toEqual([
      'a waiting 1: for a node: 0/1 nodes are available',
      'a running 1: note of a: push',
    ]);
  });

  it('tells what a run waits for that is not its own work', async () => {
    const status = {
      ...nothingKnown,
      steps: [step('turn')],
      waiting: { step: 'turn', reason: 'its turn', until: null },
    };
    expect(await eventsOf(view([], { status }))).toEqual(['turn waiting 1: its turn']);
  });

  it('tells of task queues without a worker, and when there is one again', async () => {
    const missing = view([], { withoutWorker: ['slipway'] });
    expect(await eventsOf(missing, missing, view([step('a')]))).toEqual([
      'worker waiting 1: no worker is polling task queue slipway: start "slipway worker"',
      'worker done 1: a worker is there',
      'a running 1: note of a',
    ]);
  });
});
