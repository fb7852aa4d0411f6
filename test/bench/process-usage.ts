import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process has used so far, with those of its children that have ended; undefined where the system has no /proc. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly residentMiB: number;
}

let tickMs: number | undefined;

/** Reads what a process has used. */
export function processUsage(pid: number | 'self'): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks itself, so fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const [, kib = '0'] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    tickMs ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
    return { cpuMs: ticks * tickMs, residentMiB: Number(kib) / 1024 };
  } catch {
    return undefined;
  }
}
