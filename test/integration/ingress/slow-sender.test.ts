import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { listen } from '../../../src/ingress/listen.ts';

it.concurrent.each([
  ['never ends its body', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{', 16],
  ['never ends its headers', 'POST / HTTP/1.1\r\nhost: a\r\n', 11],
  ['says nothing', '', 11],
])('gives up on a sender that %s', async (_, request, seconds) => {
  const server = await listen((message) => message.resume(), { host: '127.0.0.1', port: 0 });
  const began = Date.now();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(request);
  // One byte now and then keeps nobody waiting longer.
  const drip = setInterval(() => socket.write(request === '' ? '' : 'x'), 500);

  const [answer] = await once(socket, 'data');

  clearInterval(drip);
  expect(String(answer)).toContain('408');
  expect(Date.now() - began).toBeLessThan((seconds + 5) * 1000);
  await server.stop();
});
