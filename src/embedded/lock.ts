import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isAlive, ProcessIdentity } from './process-identity.ts';

/** What `takeLock` found: the lock, which `release` gives back, or the process that holds it. */
export type LockAttempt =
  | { readonly kind: 'taken'; release(): Promise<void> }
  | { readonly kind: 'held'; readonly by: ProcessIdentity };

/**
 * Takes a lock file for this process unless a living process holds it. A dead holder's file is not replaced, which two could do at
 * once, but succeeded: its content names the one file that its successor must create.
 */
export async function takeLock(file: string): Promise<LockAttempt> {
  await mkdir(dirname(file), { recursive: true });
  const own = await identifyProcess(process.pid);
  if (own === undefined) throw new Error(`this process (${process.pid}) cannot be found in the process table`);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (;;) {
      const attempt = await claim(file, draft);
      if (attempt !== 'changed') return attempt;
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Runs `work` while this process holds the lock; calls `onWait` once when another process has it, and waits for that one. */
export async function withLock<T>(
  file: string,
  onWait: (holder: ProcessIdentity) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (let waited = false; ; waited = true) {
    const attempt = await takeLock(file);
    if (attempt.kind === 'taken') return work().finally(attempt.release);
    if (!waited) onWait(attempt.by);
    await sleep(250);
  }
}

/** One walk along the dead holders to the first free file; `changed` when another process released the lock meanwhile. */
async function claim(file: string, draft: string): Promise<LockAttempt | 'changed'> {
  const dead: { readonly file: string; readonly content: string }[] = [];
  for (let next = file; ; ) {
    // A link appears with its content, so nobody ever reads a half-written lock.
    if (await succeeds(link(draft, next), 'EEXIST')) {
      const contents = await Promise.all(dead.map(({ file }) => read(file)));
      const stillLeadsHere = dead.every(({ content }, index) => contents[index] === content);
      if (stillLeadsHere)
        return { kind: 'taken', release: () => removeInOrder([...dead.map(({ file }) => file), next]) };
      await rm(next, { force: true });
      return 'changed';
    }
    const content = await read(next);
    if (content === undefined) return 'changed';
    const holder = parseHolder(content);
    if (holder !== undefined && (await isAlive(holder))) return { kind: 'held', by: holder };
    dead.push({ file: next, content });
    next = `${file}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  }
}

/** The first file goes first: a newcomer then starts anew and does not meet the others. */
async function removeInOrder(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/** True when the operation went through, false when it failed with that code; throws any other failure. */
async function succeeds(operation: Promise<void>, expected: string): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === expected) return false;
    throw error;
  }
}
