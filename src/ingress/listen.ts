import { createServer, type RequestListener } from 'node:http';
import { Failure } from '../failures.ts';

export interface Listening {
  /** `http://host:port`, with the port that was found where 0 was asked for. */
  readonly url: string;
  /** Serves what has begun, for ten seconds at most, and takes nothing new. Safe to repeat. */
  stop(): Promise<void>;
}

/** Requests under way may take so long after a stop. */
const LAST_MS = 10_000;

export interface ListenAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Serves an app. Throws `Unavailable`, which names the setting, where the address cannot be had. */
export async function listen(
  app: RequestListener,
  { host, port }: ListenAddress,
  setting = 'SLIPWAY_LISTEN',
): Promise<Listening> {
  const server = createServer(
    {
      // Code hosts give up after ten seconds; whoever sends more slowly keeps others from being read.
      requestTimeout: 15_000,
      headersTimeout: 10_000,
      // Left out, the two above are looked at every half minute.
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 65_000,
    },
    app,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `${host}:${port} cannot be listened on (${cause.code}): set ${setting} to an address that is free.`;
      reject(new Failure('Unavailable', message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    stop() {
      stopped ??= new Promise<void>((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), LAST_MS);
        // A connection whose request was under way stays open after its answer, and would bring more of them.
        const idle = setInterval(() => server.closeIdleConnections(), 50);
        server.close(() => {
          clearTimeout(force);
          clearInterval(idle);
          resolve();
        });
      });
      return stopped;
    },
  };
}
