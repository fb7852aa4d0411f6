import { createInterface } from 'node:readline';
import { type DemoDeps, demo } from '../demo.ts';
import { streamOut } from '../out.ts';

/** Runs the demo in this process, worker included. What takes long to load comes when it is used, so help does not wait. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  const deps: DemoDeps = {
    environment: process.env,
    interrupted: interrupted.signal,
    now: () => new Date(),
    lines: typedLines(interrupted.signal),
    startWorld: async (...world) => (await import('../../embedded/world.ts')).startWorld(...world),
    startWorker: async (...worker) => (await import('./embedded-worker.ts')).startEmbeddedWorker(...worker),
    startRun: async (...run) => (await import('./demo-run.ts')).startDemoRun(...run),
  };
  return demo(args, deps, streamOut(process.stdout, process.env));
}

/** Lines and not keys, so that Ctrl-C stays a signal. */
async function* typedLines(signal: AbortSignal): AsyncGenerator<string> {
  if (!process.stdin.isTTY) return;
  const lines = createInterface({ input: process.stdin, signal });
  try {
    yield* lines;
  } finally {
    lines.close();
  }
}
