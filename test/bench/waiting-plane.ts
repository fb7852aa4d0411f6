import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { BuildPlane } from '../../src/planes/build-plane.ts';

const Visit = z.object({ pid: z.number(), at: z.number() });

/** A worker that took up a build: which process, and when. */
export type Visit = z.infer<typeof Visit>;

/** Builds nothing: an image of that digest is in the registry already. A build takes `buildMs` from when its first worker took it up. */
export function createWaitingPlane(folder: string, digest: string, buildMs: number): BuildPlane {
  return {
    async build({ id }, { signal }) {
      await mkdir(folder, { recursive: true });
      await appendFile(fileOf(folder, id.execution), `${JSON.stringify({ pid: process.pid, at: Date.now() })}\n`);
      const [first] = await visits(folder, id.execution);
      await sleep(Math.max(0, (first?.at ?? 0) + buildMs - Date.now()), undefined, { signal });
      return { kind: 'built', digest };
    },
    cancel: async () => {},
  };
}

/** The workers that took up the build of an execution, in order. */
export async function visits(folder: string, execution: string): Promise<readonly Visit[]> {
  const text = await readFile(fileOf(folder, execution), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Visit.parse(JSON.parse(line)));
}

function fileOf(folder: string, execution: string): string {
  return join(folder, createHash('sha256').update(execution).digest('hex').slice(0, 16));
}
