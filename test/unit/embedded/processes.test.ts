import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifyProcess, isAlive } from '../../../src/embedded/process-identity.ts';
import { endLeftovers, endServer, type ProcessPlan, startProcess } from '../../../src/embedded/processes.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'slipway-processes-'));

const shell = (script: string, isReady: ProcessPlan['isReady'] = async () => true): ProcessPlan => ({
  name: 'server',
  command: '/bin/sh',
  args: ['-c', script],
  environment: { PATH: process.env['PATH'] },
  isReady,
  readyWithinSeconds: 2,
});

describe('startProcess', () => {
  it('is ready when its check says so, and gone with its pid file after stop', async () => {
    const folder = await newFolder();
    const file = join(folder, 'up');

    const server = await startProcess(
      folder,
      shell(`sleep 0.2; touch ${file}; sleep 60`, async () => existsSync(file)),
    );
    expect(existsSync(file)).toBe(true);
    expect(await isAlive(server.identity)).toBe(true);

    await server.stop();
    expect(await isAlive(server.identity)).toBe(false);
    expect(existsSync(join(folder, 'server.pid'))).toBe(false);
    await server.stop();
  });

  it('refuses a server that exits even when something else answers its check, and shows its log', async () => {
    const somethingElse = () => new Promise<boolean>((answer) => setTimeout(answer, 300, true));

    await expect(
      startProcess(await newFolder(), shell('echo the port is taken >&2; sleep 0.1; exit 1', somethingElse)),
    ).rejects.toThrow(/it exited[\s\S]*the port is taken/);
  });

  it('does not leave a server running that never becomes ready', async () => {
    const folder = await newFolder();
    const file = join(folder, 'pid');

    await expect(
      startProcess(
        folder,
        shell(`echo $$ > ${file}; exec sleep 60`, async () => false),
      ),
    ).rejects.toThrow('not ready within 2 s');
    expect(await identifyProcess(Number(await readFile(file, 'utf8')))).toBeUndefined();
  });

  it('says which program cannot be run', async () => {
    const plan = { ...shell(''), command: '/nowhere/server' };

    await expect(startProcess(await newFolder(), plan)).rejects.toThrow(
      '/nowhere/server) did not start: it cannot be run',
    );
  });

  it('kills a server that ignores the request to end, and its children', async () => {
    const folder = await newFolder();
    const file = join(folder, 'child');
    const server = await startProcess(
      folder,
      shell(`trap '' TERM; sleep 60 & echo $! > ${file}; wait; sleep 60`, async () => existsSync(file)),
    );
    const child = Number(await readFile(file, 'utf8'));

    await server.kill();

    expect(await isAlive(server.identity)).toBe(false);
    expect(await identifyProcess(child)).toBeUndefined();
  });
});

describe('endLeftovers', () => {
  it('ends what a killed owner left and names it', async () => {
    const folder = await newFolder();
    const { identity } = await startProcess(folder, shell('sleep 60'));

    expect(await endLeftovers(folder)).toEqual(['server']);
    expect(await isAlive(identity)).toBe(false);
    expect(await endLeftovers(folder)).toEqual([]);
  });

  it('leaves a process alone that only has the same pid', async () => {
    const folder = await newFolder();
    const innocent = spawn('sleep', ['60'], { detached: true });
    const identity = await identifyProcess(innocent.pid ?? 0);
    await writeFile(join(folder, 'server.pid'), JSON.stringify({ ...identity, startTime: '1' }));

    expect(await endLeftovers(folder)).toEqual([]);
    expect(await identifyProcess(innocent.pid ?? 0)).toEqual(identity);
    innocent.kill('SIGKILL');
  });

  it('does nothing where there is no folder or no sense in a pid file', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'server.pid'), 'half a li');

    expect(await endLeftovers(join(folder, 'none'))).toEqual([]);
    expect(await endLeftovers(folder)).toEqual([]);
  });
});

describe('endServer', () => {
  it('ends the server of that name alone, by force at once', async () => {
    const folder = await newFolder();
    const stubborn = await startProcess(folder, shell("trap '' TERM; sleep 60; sleep 60"));
    const other = await startProcess(folder, { ...shell('sleep 60'), name: 'other' });
    const began = performance.now();

    expect(await endServer(folder, 'server', { force: true })).toBe(true);

    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await isAlive(stubborn.identity)).toBe(false);
    expect(await isAlive(other.identity)).toBe(true);
    expect(await endServer(folder, 'server')).toBe(false);
    await other.stop();
  });
});
