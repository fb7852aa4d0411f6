import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { runCommand } from './run-command.ts';

/** One process and no other: a pid alone may belong to someone else by now. */
export const ProcessIdentity = z.object({ pid: z.int().positive(), startTime: z.string(), bootId: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** The identity of a running process, or undefined where there is none; one that has died but was not reaped counts as gone. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await readStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: await readBootId() };
}

/** Whether that very process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}

async function readStartTime(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return readStartTimeByPs(pid);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in brackets may hold blanks and brackets itself, so fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

async function readStartTimeByPs(pid: number): Promise<string | undefined> {
  const { code, stdout } = await runCommand('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    environment: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
  });
  const [state, ...startTime] = stdout.trim().split(/\s+/);
  return code !== 0 || state?.startsWith('Z') ? undefined : startTime.join(' ');
}

/** Empty where the system has none: there a start time is a date, which no other boot repeats. */
async function readBootId(): Promise<string> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return bootId.trim();
}
