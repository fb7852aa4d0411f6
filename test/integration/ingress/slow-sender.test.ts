import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { listen } from '../../../src/ingress/listen.ts';

it('gives up on a sender that never ends its request', async () => {
  const server = await listen((request) => request.resume(), '127.0.0.1', 0);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{');

  const [answer] = await once(socket, 'data');

  expect(String(answer)).toContain('408');
  await server.stop();
});
