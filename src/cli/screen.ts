import type { ProgressEvent } from '../embedded/progress.ts';
import { type Out, paint } from './out.ts';

/** Shows lines that stay, and below them on a terminal one line for each task that is under way. */
export interface Screen {
  /** Writes a text that stays. */
  print(text: string): void;
  task(event: ProgressEvent): void;
  /** Takes the lines of unfinished tasks away; call it before the program ends. */
  close(): void;
}

const marks = { done: ['✓', 'green'], failed: ['✗', 'red'], working: ['…', 'yellow'] } as const;
const reminderMs = 30_000;

/** Opens a screen on an output; in a log each event is a line, and a task that takes long says so every 30 s. */
export function openScreen(out: Out, now: () => number = Date.now): Screen {
  const active = new Map<string, { readonly text: string; readonly since: number; remindedAt: number }>();
  let drawn = 0;

  const line = ({ task, state, text }: ProgressEvent) => {
    const [mark, colour] = marks[state];
    return `${paint(out, colour, mark)} ${task}: ${text}`;
  };
  const erase = () => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const width = out.columns;
    if (width === undefined) return;
    for (const [task, { text, since }] of active) {
      const elapsed = `${Math.round((now() - since) / 1000)} s`;
      // A line that wraps could not be erased again.
      out.write(`${`… ${task}: ${elapsed}, ${text}`.slice(0, width - 1)}\n`);
    }
    drawn = active.size;
  };
  const tick = () => {
    if (out.columns !== undefined) {
      erase();
      draw();
      return;
    }
    for (const [task, entry] of active) {
      if (now() - entry.remindedAt < reminderMs) continue;
      entry.remindedAt = now();
      const seconds = Math.round((now() - entry.since) / 1000);
      out.write(`${line({ task, state: 'working', text: `${entry.text} (${seconds} s so far)` })}\n`);
    }
  };
  const timer = setInterval(tick, 1000);
  timer.unref();

  return {
    print(text) {
      erase();
      out.write(`${text}\n`);
      draw();
    },
    task(event) {
      erase();
      const known = active.get(event.task);
      if (event.state === 'working') {
        active.set(event.task, { text: event.text, since: known?.since ?? now(), remindedAt: now() });
      } else {
        active.delete(event.task);
      }
      const stays = event.state !== 'working' || out.columns === undefined;
      if (stays) out.write(`${line(event)}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      erase();
      active.clear();
    },
  };
}
