import { connect, createServer } from 'node:net';

/** Leads connections to `host:port` on to the same port of 127.0.0.1, for pods that must reach a server of a test. */
export async function forward(host: string, port: number): Promise<{ close(): Promise<void> }> {
  const server = createServer((incoming) => {
    const onward = connect(port, '127.0.0.1');
    for (const socket of [incoming, onward]) socket.on('error', () => [incoming, onward].map((each) => each.destroy()));
    incoming.pipe(onward).pipe(incoming);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { close: () => new Promise((resolve) => void server.close(() => resolve())) };
}
