import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFolder, claimBuild, readBuildState } from '../../../../src/planes/local/build-folder.ts';
import { readBootId, readProcess } from '../../../../src/planes/local/process-group.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'build-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, text: string): Promise<void> => writeFile(path.join(folder, file), text);
const startTime = async (): Promise<string> => (await readProcess(process.pid))?.startTime ?? '';
const noSuchPid = 4_194_305; // above the kernel's greatest

describe('the folder of a build', () => {
  it('is the same for the same build, and differs by execution and ordinal', () => {
    const names = [
      buildFolder('/b', { execution: 'e', ordinal: 1 }),
      buildFolder('/b', { execution: 'e', ordinal: 1 }),
      buildFolder('/b', { execution: 'e', ordinal: 2 }),
      buildFolder('/b', { execution: 'e 1', ordinal: 2 }),
    ];

    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^\/b\/[0-9a-f]{24}$/);
  });
});

describe('the state of a build', () => {
  it('is new without a pid file, and without a folder', async () => {
    expect(await readBuildState(folder)).toEqual({ kind: 'new' });
    expect(await readBuildState(path.join(folder, 'missing'))).toEqual({ kind: 'new' });
  });

  it('is running while its leader is that very process', async () => {
    await write('pid', `${process.pid} ${await startTime()} ${await readBootId()}\n`);

    expect(await readBuildState(folder)).toEqual({ kind: 'running', group: process.pid });
  });

  it('is lost with a group to end when its leader is gone', async () => {
    await write('pid', `${noSuchPid} 1 ${await readBootId()}`);

    expect(await readBuildState(folder)).toEqual({ kind: 'lost', group: noSuchPid });
  });

  it('is lost when its result cannot be read, as after a power cut', async () => {
    await write('pid', `${noSuchPid} 1 ${await readBootId()}`);
    await write('result.json', '');

    expect(await readBuildState(folder)).toMatchObject({ kind: 'lost' });
  });

  it('is lost, and nobody may be ended, when another process has the number', async () => {
    await write('pid', `${process.pid} 1 ${await readBootId()}`);

    expect(await readBuildState(folder)).toEqual({ kind: 'lost', group: undefined });
  });

  it('is lost, and nobody may be ended, after a restart of the machine', async () => {
    await write('pid', `${process.pid} ${await startTime()} another-boot`);

    expect(await readBuildState(folder)).toEqual({ kind: 'lost', group: undefined });
  });

  it('is ended once there is a result', async () => {
    const end = { v: 1, kind: 'pushed', digest: `sha256:${'d'.repeat(64)}` };
    await write('pid', `${process.pid} ${await startTime()} ${await readBootId()}`);
    await write('result.json', JSON.stringify(end));

    expect(await readBuildState(folder)).toMatchObject({ kind: 'ended', end });
  });
});

describe('claiming a build', () => {
  it('succeeds once', async () => {
    const claims = await Promise.all([claimBuild(folder), claimBuild(folder), claimBuild(folder)]);

    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await readBuildState(folder)).toEqual({ kind: 'running', group: process.pid });
  });

  it('fails where the folder was removed meanwhile', async () => {
    expect(await claimBuild(path.join(folder, 'missing'))).toBe(false);
  });
});
