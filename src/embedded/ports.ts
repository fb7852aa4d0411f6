import { randomInt } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';

const Ports = z.record(z.string(), z.int().min(1).max(65_535));

// Below the range from which systems take ports for outgoing connections, so that a port is free again at the next start.
const lowest = 20_000;
const highest = 29_999;

/** A free loopback port for each name: the one that the state file remembers while it is free, else a new one, remembered from now on. */
export async function choosePorts<Name extends string>(
  stateFile: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  const remembered = await readRemembered(stateFile);
  const held: Server[] = [];
  try {
    const chosen = new Map<Name, number>();
    // Each port stays held until all are chosen, so that no two names get the same.
    for (const name of names) {
      const { server, port } = await holdPort(remembered[name]);
      held.push(server);
      chosen.set(name, port);
    }
    const ports = Object.fromEntries(chosen) as Record<Name, number>;
    await mkdir(dirname(stateFile), { recursive: true });
    await writeFile(`${stateFile}.new`, JSON.stringify({ ...remembered, ...ports }));
    await rename(`${stateFile}.new`, stateFile);
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function readRemembered(stateFile: string): Promise<Readonly<Record<string, number>>> {
  const text = await readFile(stateFile, 'utf8').catch(() => '{}');
  try {
    return Ports.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

async function holdPort(preferred: number | undefined): Promise<{ readonly server: Server; readonly port: number }> {
  for (let port = preferred ?? randomPort(); ; port = randomPort()) {
    const server = await listen(port);
    if (server !== undefined) return { server, port };
  }
}

function randomPort(): number {
  return randomInt(lowest, highest + 1);
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
