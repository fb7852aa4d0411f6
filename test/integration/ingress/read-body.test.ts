import type { RequestListener } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type Listening, listen } from '../../../src/ingress/listen.ts';
import { createReadBody } from '../../../src/ingress/read-body.ts';
import { openRequest, type RawRequest } from '../../support/raw-request.ts';

let listening: Listening | undefined;
const requests: RawRequest[] = [];
afterEach(async () => {
  for (const { socket } of requests.splice(0)) socket.destroy();
  await listening?.stop();
});

/** A server that answers with a body's size, or why it did not read it. */
async function serve(limits: Parameters<typeof createReadBody>[0]) {
  const readBody = createReadBody(limits);
  const answer: RequestListener = (request, response) => {
    readBody(request).then(
      ({ length }) => response.end(String(length)),
      ({ status }) => response.writeHead(status).end(),
    );
  };
  listening = await listen(answer, { host: '127.0.0.1', port: 0 });
  const { url } = listening;
  const open = (contentLength: number, body = '') => {
    const request = openRequest(url, '/', { 'content-length': String(contentLength) });
    request.socket.write(body);
    requests.push(request);
    return request;
  };
  const send = async (body: string) => {
    const response = await fetch(url, { method: 'POST', body });
    return [response.status, await response.text()];
  };
  return { url, open, send };
}

const MiB = 2 ** 20;

it('gives up the largest body when those that are being read come to more than fits', async () => {
  const { open, send } = await serve({ bytesAtOnce: 8 * MiB });
  const small = open(3 * MiB, 'x'.repeat(2 * MiB));
  const large = open(20 * MiB, 'x'.repeat(5 * MiB));
  await send('x');

  expect(await send('x'.repeat(4 * MiB))).toEqual([200, String(4 * MiB)]);
  expect(await large.answer).toContain(' 503 ');
  small.socket.write('x'.repeat(MiB));
  expect(await small.answer).toContain(' 200 ');
});

it('takes a body in at once while a thousand senders announce large ones and send nothing', async () => {
  const { open, send } = await serve({ bytesAtOnce: 8 * MiB, atOnce: 100 });
  let givenUp = 0;
  for (let at = 0; at < 1_000; at += 1) {
    void open(25 * MiB, '{').answer.then((line) => {
      if (line.includes(' 503 ')) givenUp += 1;
    });
  }
  await expect.poll(() => givenUp).toBe(900);

  expect(await send('x')).toEqual([200, '1']);
  expect(givenUp).toBe(901);
});

it('refuses a body of more than 25 MiB whose size is not told', async () => {
  const { url } = await serve({});
  const { socket, answer } = openRequest(url, '/', { 'transfer-encoding': 'chunked' });
  const chunk = `${MiB.toString(16)}\r\n${'x'.repeat(MiB)}\r\n`;
  for (let sent = 0; sent < 26; sent += 1) socket.write(chunk);

  expect(await answer).toContain(' 413 ');
  socket.destroy();
});

it('forgets a body whose sender goes away', async () => {
  const { open, send } = await serve({ bytesAtOnce: 4 * MiB });
  const gone = open(25 * MiB, 'x'.repeat(3 * MiB));
  await send('x');
  gone.socket.destroy();
  const fits = open(3 * MiB + 1, 'x'.repeat(3 * MiB));
  await send('x');

  fits.socket.write('x');
  expect(await fits.answer).toContain(' 200 ');
});
