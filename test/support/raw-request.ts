import { connect, type Socket } from 'node:net';

/** A connection on which a test writes HTTP byte by byte. */
export interface RawRequest {
  readonly socket: Socket;
  /** The first line of the answer; empty where the connection ends without one. */
  readonly answer: Promise<string>;
}

/** Connects and writes the head of a request. */
export function openRequest(url: string, path: string, headers: Readonly<Record<string, string>>): RawRequest {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''));
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(''));
  });
  const lines = Object.entries({ host: hostname, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return { socket, answer };
}
