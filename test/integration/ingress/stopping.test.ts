import { expect, it } from 'vitest';
import { listen } from '../../../src/ingress/listen.ts';

it('serves what has begun when it stops, takes nothing new, and does not wait for idle connections', async () => {
  let answer = () => {};
  const arrived = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const server = await listen(
    (request, response) => {
      if (request.url === '/idle') return void response.end('idle');
      const end = () => response.end('done');
      answer();
      answer = end;
    },
    { host: '127.0.0.1', port: 0 },
  );
  await (await fetch(`${server.url}/idle`)).text();
  const begun = fetch(server.url);
  await arrived;
  const began = Date.now();
  const stopped = server.stop();

  await expect(fetch(server.url)).rejects.toThrow();
  answer();
  expect(await (await begun).text()).toBe('done');
  await stopped;
  expect(Date.now() - began).toBeLessThan(5_000);
});
