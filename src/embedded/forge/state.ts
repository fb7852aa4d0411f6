import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

export const Comment = z.object({ id: z.number(), author: z.string(), body: z.string(), createdAt: z.string() });
export type Comment = z.infer<typeof Comment>;

/** A pull request; `base.commit` is the base branch's head as long as it is open, and what it was merged or closed against after. */
export const Pull = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  author: z.string(),
  head: z.object({ repository: z.string(), branch: z.string(), commit: z.string() }),
  base: z.object({ branch: z.string(), commit: z.string() }),
  state: z.enum(['open', 'closed', 'merged']),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullable(),
  mergedBy: z.string().nullable(),
  mergeCommit: z.string().nullable(),
  labels: z.array(z.string()),
  reviewers: z.array(z.string()),
  comments: z.array(Comment),
});
export type Pull = z.infer<typeof Pull>;

export const Status = z.object({
  id: z.number(),
  commit: z.string(),
  state: z.enum(['pending', 'success', 'failure', 'error']),
  context: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  author: z.string(),
  createdAt: z.string(),
});
export type Status = z.infer<typeof Status>;

const RepositoryState = z.object({ nextNumber: z.number(), pulls: z.array(Pull), statuses: z.array(Status) });
export type RepositoryState = z.infer<typeof RepositoryState>;

const State = z.object({ nextId: z.number(), repositories: z.record(z.string(), RepositoryState) });

/** What the forge keeps beside git: changed in memory, written as a whole. */
export interface Store {
  /** The state of a repository, to be changed in place and then saved. */
  of(repository: string): RepositoryState;
  nextId(): number;
  /** Writes everything; done when it is on the disk, whole or not at all. */
  save(): Promise<void>;
}

/** Reads the state's file, or begins a new one where there is none. Throws for a file that is not ours. */
export async function openStore(file: string): Promise<Store> {
  const state = await readState(file);
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(state), { mode: 0o600 });
    await rename(draft, file);
  }

  return {
    of(repository) {
      state.repositories[repository] ??= { nextNumber: 1, pulls: [], statuses: [] };
      return state.repositories[repository];
    },
    nextId: () => state.nextId++,
    save() {
      writing = writing.catch(() => {}).then(write);
      return writing;
    },
  };
}

async function readState(file: string): Promise<z.infer<typeof State>> {
  await mkdir(dirname(file), { recursive: true });
  try {
    return State.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { nextId: 1, repositories: {} };
    throw new Error(`${file} is not the state of this forge. Remove it to begin anew; the git repositories stay.`, {
      cause: error,
    });
  }
}
