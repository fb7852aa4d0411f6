import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';

let test: ControllerWorld;
beforeAll(async () => {
  test = await startControllerWorld();
});
afterAll(() => test?.stop());

it('answers probes once it looks after runs, and no more when it has ended', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const controller = test.control(undefined, { SLIPWAY_METRICS_LISTEN: address });
  const ask = (path: string) =>
    fetch(`http://${address}${path}`).then(
      ({ status }) => status,
      () => null,
    );

  await expect.poll(() => ask('/readyz'), { timeout: 30_000 }).toBe(200);
  expect(await ask('/healthz')).toBe(200);
  expect(await (await fetch(`http://${address}/metrics`)).text()).toContain('slipway_info{role="controller"} 1');

  await controller.end();
  expect(await ask('/readyz')).toBeNull();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
