import { type Out, paint } from './out.ts';
import type { Screen } from './screen.ts';

/** Something that happened to a step of a run. */
export interface StepEvent {
  readonly step: string;
  /** `build`, `release`, or null outside of both. */
  readonly phase: string | null;
  /** Counts from 1. */
  readonly attempt: number;
  readonly state: 'running' | 'waiting' | 'done' | 'failed';
  /** Since the step began. */
  readonly seconds: number;
  readonly detail: string | null;
}

/** How long a step took, all attempts together. */
export interface StepTime {
  readonly step: string;
  readonly seconds: number;
}

/** Shows the steps of a run as they happen and returns how long each took, in the order of their first event. */
export async function showSteps(steps: AsyncIterable<StepEvent>, screen: Screen): Promise<readonly StepTime[]> {
  const times = new Map<string, number>();
  for await (const event of steps) {
    const { step, state, seconds } = event;
    times.set(step, seconds);
    screen.task({
      task: step,
      state: state === 'waiting' || state === 'running' ? 'working' : state,
      text: describe(event),
    });
  }
  return [...times].map(([step, seconds]) => ({ step, seconds }));
}

/** A table of the times with a bar each, and their sum. */
export function timeTable(times: readonly StepTime[], out: Out): string {
  const longest = Math.max(0.001, ...times.map(({ seconds }) => seconds));
  const width = Math.max(5, ...times.map(({ step }) => step.length));
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const row = (name: string, seconds: number, bar: string) =>
    `${name.padEnd(width)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${bar}`.trimEnd();
  const rows = times.map(({ step, seconds }) =>
    row(step, seconds, paint(out, 'blue', '█'.repeat(Math.round((seconds / longest) * 30)))),
  );
  return [...rows, paint(out, 'bold', row('total', total, ''))].join('\n');
}

/** A unified diff with added and removed lines in colour. */
export function colourDiff(diff: string, out: Out): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(\+\+\+|---|diff |index )/.test(line)) return paint(out, 'bold', line);
      if (line.startsWith('+')) return paint(out, 'green', line);
      if (line.startsWith('-')) return paint(out, 'red', line);
      return line.startsWith('@@') ? paint(out, 'grey', line) : line;
    })
    .join('\n');
}

function describe({ phase, attempt, state, seconds, detail }: StepEvent): string {
  const words = [
    state === 'running' || state === 'waiting' ? state : `${state} in ${seconds.toFixed(1)} s`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(phase === null ? [] : [`${phase} phase`]),
    ...(detail === null ? [] : [detail]),
  ];
  return words.join(', ');
}
