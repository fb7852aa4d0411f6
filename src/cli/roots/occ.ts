import type { OccDeps } from '../occ-command.ts';
import { streamOut } from '../out.ts';
import type { Outs } from '../usage.ts';

type OccCommand = (args: readonly string[], deps: OccDeps, outs: Outs) => Promise<number>;

/** Runs a command of occ's file mode in this shell. */
export async function runOccCommand(command: OccCommand, args: readonly string[]): Promise<number> {
  const { env: environment } = process;
  const outs = { out: streamOut(process.stdout, environment), err: streamOut(process.stderr, environment) };
  return command(args, { cwd: process.cwd(), environment, today: localDate(new Date()) }, outs);
}

function localDate(now: Date): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('');
}
