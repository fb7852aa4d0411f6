import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Check, Verdict } from './check.ts';

const gigabyte = 1e9;
const enough = 10 * gigabyte;
const tooLittle = 1 * gigabyte;

/** May the folder, which need not exist yet, be written, and is there room for what comes into it? */
export function checkDisk(what: string, folder: string, setting: string): Check {
  return { name: `${what} folder`, run: () => judge(folder, setting) };
}

async function judge(folder: string, setting: string): Promise<Verdict> {
  const there = await nearestFolder(resolve(folder));
  const isWritable = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return { state: 'fail', text: `${there} cannot be written`, fix: `let this user write it, or set ${setting}` };
  const { bavail, bsize } = await statfs(there);
  return judgeSpace(folder, bavail * bsize, setting);
}

/** What so many free bytes mean for a folder. */
export function judgeSpace(folder: string, free: number, setting: string): Verdict {
  const text = `${folder}: ${(free / gigabyte).toFixed(1)} GB free`;
  if (free >= enough) return { state: 'ok', text };
  return {
    state: free < tooLittle ? 'fail' : 'warn',
    text,
    fix: `free some (${enough / gigabyte} GB are enough), or set ${setting} to a folder on another disk`,
  };
}

async function nearestFolder(folder: string): Promise<string> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  return exists || folder === dirname(folder) ? folder : nearestFolder(dirname(folder));
}
