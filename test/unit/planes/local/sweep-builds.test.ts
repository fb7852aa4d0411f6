import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepBuilds } from '../../../../src/planes/local/sweep-builds.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'sweep-'));
});
afterEach(() => rm(root, { recursive: true }));

const dayMs = 86_400_000;
const sweep = () => sweepBuilds(root, { PATH: process.env['PATH'] });

async function folder(name: string, files: readonly string[], ageMs: number): Promise<string> {
  const made = path.join(root, name);
  await mkdir(path.join(made, 'storage', 'root'), { recursive: true });
  for (const file of files) await writeFile(path.join(made, file), file === 'pid' ? '4194305 1 another-boot' : '');
  const then = new Date(Date.now() - ageMs);
  await utimes(made, then, then);
  return made;
}

describe('sweeping', () => {
  it('keeps the log of a build that was lost, and nothing else that is large', async () => {
    const made = await folder('lost', ['pid', 'log', 'credentials.json'], dayMs);

    await sweep();

    expect((await readdir(made)).toSorted()).toEqual(['log', 'pid']);
  });

  it("keeps the copy of a Job's log for a week", async () => {
    await folder('job', ['log'], 6 * dayMs);
    await folder('old-job', ['log'], 8 * dayMs);

    await sweep();

    expect(await readdir(root)).toEqual(['job']);
  });

  it('removes downloaded packages that no build has used for a week', async () => {
    await folder('package-stores/used', [], 6 * dayMs);
    await folder('package-stores/unused', [], 8 * dayMs);

    await sweep();

    expect(await readdir(path.join(root, 'package-stores'))).toEqual(['used']);
  });

  it('takes the folder of downloaded packages for no build', async () => {
    await folder('package-stores/used', [], 0);
    const longAgo = new Date(Date.now() - 30 * dayMs);
    await utimes(path.join(root, 'package-stores'), longAgo, longAgo);

    await sweep();

    expect(await readdir(path.join(root, 'package-stores'))).toEqual(['used']);
  });

  it('removes all of it after a week', async () => {
    await folder('old', ['pid', 'log'], 8 * dayMs);

    await sweep();

    expect(await readdir(root)).toEqual([]);
  });

  it('leaves alone what another worker may be starting just now, and removes what never started', async () => {
    await folder('starting', [], 0);
    await folder('never', [], dayMs);

    await sweep();

    expect(await readdir(root)).toEqual(['starting']);
  });

  it('finds nothing to do where there is no folder', async () => {
    await expect(sweepBuilds(path.join(root, 'missing'), {})).resolves.toBeUndefined();
  });
});
