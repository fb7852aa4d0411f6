import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Listens on an address of this machine and hands each connection to the same port of loopback. */
export async function forwardPort(address: string, port: number): Promise<{ stop(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
      socket.pipe(other);
    }
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
