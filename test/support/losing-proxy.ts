import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxyOptions {
  /** True: the server looks like an old one, which speaks protocol 0 and gives nothing by id but the heads of its refs. */
  readonly refsOnly?: boolean;
}

/** A way to a git server that can lose an answer after the server gave it. */
export interface LosingProxy {
  readonly url: string;
  /** Cuts the connection instead of handing over the next answer to a POST whose path ends so. */
  loseNext(pathEnd: string): void;
  close(): Promise<void>;
}

/** Starts a proxy on loopback in front of one server. */
export async function startLosingProxy(target: string, { refsOnly = false }: ProxyOptions = {}): Promise<LosingProxy> {
  let losing: string | undefined;
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/' } = incoming;
    const { 'git-protocol': protocol, ...others } = incoming.headers;
    const headers = refsOnly || protocol === undefined ? others : { ...others, 'git-protocol': protocol };
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      if (losing !== undefined && method === 'POST' && url.endsWith(losing)) {
        losing = undefined;
        answer.resume().on('end', () => incoming.socket.resetAndDestroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      if (refsOnly && method === 'GET') {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        // The same length, because each line of the protocol begins with its own.
        const without = (): string => Buffer.concat(chunks).toString('latin1').replaceAll(' allow-', ' never-');
        answer.on('end', () => outgoing.end(Buffer.from(without(), 'latin1')));
      } else answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseNext: (pathEnd) => {
      losing = pathEnd;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
