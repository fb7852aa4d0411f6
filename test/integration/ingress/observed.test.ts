import { expect, it } from 'vitest';
import { createLogger } from '../../../src/logger.ts';
import { startServer } from '../../../src/server.ts';
import { loadServerConfig } from '../../../src/server-config.ts';
import { sendDelivery, signedHeaders } from '../../support/ingress.ts';
import { pushPayloads } from '../../support/payloads.ts';
import { webhookSecret as secret, serveApp } from '../../support/served-app.ts';

it('counts and logs a webhook with the address that a trusted proxy names', async () => {
  const send = async (trustedProxies: readonly string[]) => {
    const served = await serveApp({ trustedProxies });
    const body = JSON.stringify(pushPayloads.github());
    const headers = { ...signedHeaders('github', body, { secret, id: 'x' }), 'x-forwarded-for': '203.0.113.9' };
    await fetch(`${served.url}/api/v1/webhooks/github`, { method: 'POST', headers, body });
    await served.stop();
    return { line: served.log.find(({ message }) => message === 'request'), metrics: await served.metrics() };
  };
  const { line, metrics } = await send(['127.0.0.0/8']);

  expect(line).toMatchObject({
    path: '/api/v1/webhooks/github',
    status: 202,
    ip: '203.0.113.9',
    delivery: 'github/x',
    answer: 'started',
  });
  expect(metrics).toContain('slipway_deliveries_total{provider="github",answer="started"} 1');
  expect(metrics).toMatch(/slipway_http_request_seconds_count\{route="\/api\/v1\/webhooks",status="202"\} 1/);
  expect((await send([])).line).toMatchObject({ ip: '127.0.0.1' });
});

it('gives metrics on the address that is set for them alone', async () => {
  const settings = { SLIPWAY_LISTEN: '127.0.0.1:0', SLIPWAY_SECRETS: 'directory:/nowhere' };
  const start = (more: object) => {
    // Nothing of it is asked.
    const temporal = { connectionOptions: { address: '127.0.0.1:1' }, namespace: 'default' };
    return startServer(loadServerConfig({ ...settings, ...more }), temporal, createLogger('error'));
  };
  const server = await start({ SLIPWAY_METRICS_LISTEN: '127.0.0.1:0' });
  await sendDelivery(server.url, 'github', {}, { secret, id: 'x' });
  const metrics = await fetch(`${server.metricsUrl}/metrics`);

  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(await metrics.text()).toContain('slipway_deliveries_total{provider="github",answer="no-secret"} 1');
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect((await fetch(`${server.metricsUrl}/healthz`)).status).toBe(404);
  await expect(start({ SLIPWAY_METRICS_LISTEN: server.url.replace('http://', '') })).rejects.toMatchObject({
    type: 'Unavailable',
    message: expect.stringContaining('SLIPWAY_METRICS_LISTEN'),
  });

  await server.stop();
  const silent = await start({});
  expect(silent.metricsUrl).toBeNull();
  await silent.stop();
});
