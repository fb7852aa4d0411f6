import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { choosePorts } from '../../../src/embedded/ports.ts';

const newStateFile = async () => join(await mkdtemp(join(tmpdir(), 'slipway-ports-')), 'state', 'ports.json');

const take = (port: number) =>
  new Promise<() => void>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(() => server.close()));
  });

describe('choosePorts', () => {
  it('gives every name a port of its own that is free', async () => {
    const ports = await choosePorts(await newStateFile(), ['a', 'b', 'c']);

    expect(new Set(Object.values(ports)).size).toBe(3);
    for (const port of Object.values(ports)) (await take(port))();
  });

  it('gives the same ports again, also when a name joins', async () => {
    const file = await newStateFile();
    const first = await choosePorts(file, ['a', 'b']);

    expect(await choosePorts(file, ['b', 'new', 'a'])).toMatchObject(first);
  });

  it('replaces only the port that somebody else has taken', async () => {
    const file = await newStateFile();
    const first = await choosePorts(file, ['a', 'b']);
    const free = await take(first.a);

    const second = await choosePorts(file, ['a', 'b']);
    free();

    expect(second.a).not.toBe(first.a);
    expect(second.b).toBe(first.b);
  });

  it('starts anew from a state file that makes no sense', async () => {
    const file = await newStateFile();
    await choosePorts(file, ['a']);
    await writeFile(file, '{"a": "no port"');

    expect((await choosePorts(file, ['a'])).a).toBeGreaterThan(0);
  });
});
