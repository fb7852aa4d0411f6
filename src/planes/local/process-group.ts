import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** One line of `/proc/<pid>/stat`: what tells a process from a later one with the same number. */
export interface ProcessStat {
  readonly pid: number;
  readonly group: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** A process that runs; undefined for none and for one that ended but was not reaped yet. Linux only, like all of this file. */
export async function readProcess(pid: number): Promise<ProcessStat | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The program's name stands in brackets and may hold blanks and brackets itself.
  const [state, , group, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const startTime = rest[16];
  if (state === undefined || state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  return { pid, group: Number(group), startTime };
}

/** Differs from boot to boot, so that a pid file that outlived a reboot is known. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** Running members of a process group. */
export async function groupMembers(group: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map(readProcess));
  return processes.filter((each) => each?.group === group).flatMap((each) => each?.pid ?? []);
}

/** Ends all members but `spare`: asks first, kills after the grace time, and returns when none is left. */
export async function endGroup(group: number, graceMs: number, spare?: number): Promise<void> {
  const others = async (): Promise<readonly number[]> => (await groupMembers(group)).filter((pid) => pid !== spare);
  const killAt = Date.now() + graceMs;
  // A member may start another one between the look and the signal, so this goes on until a look finds none.
  for (let asked: readonly number[] = [], left = await others(); left.length > 0; left = await others()) {
    const isKilling = Date.now() >= killAt;
    for (const pid of isKilling ? left : left.filter((each) => !asked.includes(each))) {
      send(pid, isKilling ? 'SIGKILL' : 'SIGTERM');
    }
    asked = left;
    await sleep(isKilling ? 20 : 50);
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
