import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDirectorySecrets } from '../../../src/secrets/directory-secrets.ts';
import { providerNames } from '../../../src/webhooks/delivery.ts';
import { sendDelivery, signedHeaders } from '../../support/ingress.ts';
import { noCommit, pushPayloads, recorded } from '../../support/payloads.ts';
import { openRequest } from '../../support/raw-request.ts';
import {
  generalSecret as general,
  type ServedApp,
  webhookSecret as secret,
  serveApp,
} from '../../support/served-app.ts';

let served: ServedApp | undefined;
afterEach(() => served?.stop());

const serve = async (given: Parameters<typeof serveApp>[0] = {}) => {
  served = await serveApp(given);
  return served;
};

const post = (url: string, headers: Record<string, string>, body: string, path = '/api/v1/webhooks/github') =>
  fetch(`${url}${path}`, { method: 'POST', headers, body });

describe('a webhook', () => {
  it.each(providerNames)('of %s is taken in with its id, once however often it is delivered', async (provider) => {
    const { url, taken } = await serve();
    const first = await sendDelivery(url, provider, pushPayloads[provider](), { secret, id: 'abc-1' });
    const again = await sendDelivery(url, provider, pushPayloads[provider](), { secret, id: 'abc-1' });

    expect(first).toEqual({ status: 202, body: { delivery: `${provider}/abc-1` } });
    expect(again).toEqual(first);
    expect([...taken.keys()]).toEqual([`${provider}/abc-1`]);
    expect(taken.get(`${provider}/abc-1`)?.accepted).toMatchObject({
      scope: { allBut: [] },
      push: { provider, changes: [{ branch: 'main' }] },
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('with the id of another one is refused', async () => {
    const { url } = await serve();
    await sendDelivery(url, 'github', pushPayloads.github(), { secret, id: 'abc-1' });

    expect(
      await sendDelivery(url, 'github', pushPayloads.github({ ref: 'refs/heads/next' }), { secret, id: 'abc-1' }),
    ).toMatchObject({ status: 409, body: { delivery: 'github/abc-1' } });
  });

  it('without an id is known by its body', async () => {
    const { url, taken } = await serve();
    const body = JSON.stringify(pushPayloads.github());
    const { 'x-github-delivery': _, ...headers } = signedHeaders('github', body, { secret, id: '' });
    await post(url, headers, body);
    await post(url, headers, body);

    expect([...taken.keys()]).toEqual([expect.stringMatching(/^github\/sha256-[0-9a-f]{40}$/)]);
  });

  it.each([
    ['github', 'ping', 'github/ping', 'ping'],
    ['github', 'pull_request', 'github/ping', 'not-a-push'],
    ['github', 'push', pushPayloads.github({ ref: 'refs/tags/v1' }), 'tag'],
    ['github', 'push', pushPayloads.github({ deleted: true, after: noCommit }), 'branch-deleted'],
    ['gitlab', 'Tag Push Hook', {}, 'tag'],
    ['gitlab', 'Note Hook', {}, 'not-a-push'],
    ['bitbucket', 'diagnostics:ping', {}, 'ping'],
    ['gitea', 'star', {}, 'not-a-push'],
  ] as const)('of %s about %s is answered at once: %#', async (provider, event, payload, ignored) => {
    const { url, taken } = await serve();
    const content = typeof payload === 'string' ? recorded(payload) : payload;

    expect(await sendDelivery(url, provider, content, { secret, id: 'x', event })).toEqual({
      status: 200,
      body: { delivery: `${provider}/x`, ignored },
    });
    expect(taken.size).toBe(0);
  });

  it('is refused without a word about why when its signature does not fit', async () => {
    const { url, taken, log } = await serve();
    const body = JSON.stringify(pushPayloads.github());
    const good = signedHeaders('github', body, { secret, id: 'x' });
    const mac = createHmac('sha256', secret).update(body).digest('hex');
    const { 'x-hub-signature-256': _, ...unsigned } = good;
    const answers = [
      await post(url, unsigned, body),
      await post(url, { ...good, 'x-hub-signature-256': `sha256=${mac.toUpperCase()}` }, body),
      await post(url, { ...unsigned, 'x-hub-signature': `sha1=${mac.slice(0, 40)}` }, body),
      await post(url, good, `${body} `),
      await post(url, signedHeaders('github', body, { secret: 'another', id: 'x' }), body),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text())))).toEqual(
      new Set(['{"error":"not accepted"}']),
    );
    expect(taken.size).toBe(0);
    expect(JSON.stringify(log)).not.toContain(secret);

    // From now on this address waits, but whoever can sign does not.
    expect((await post(url, unsigned, body)).status).toBe(429);
    expect((await post(url, good, body)).status).toBe(202);
  });

  it('is refused in the same way where there is no secret at all', async () => {
    const { url, log } = await serve({ secrets: {} });

    expect(await sendDelivery(url, 'gitlab', pushPayloads.gitlab(), { secret: '', id: 'x' })).toEqual({
      status: 401,
      body: { error: 'not accepted' },
    });
    expect(log).toContainEqual(expect.objectContaining({ answer: 'no-secret', status: 401 }));
  });

  it('is accepted with the old and the new secret while they are exchanged', async () => {
    const { url } = await serve({
      secrets: { 'github-secret': [general], 'github-secret-2': [{ namespace: null, value: 'new' }] },
    });
    for (const one of [secret, 'new']) {
      expect(
        (await sendDelivery(url, 'github', pushPayloads.github(), { secret: one, id: one.length.toString() })).status,
      ).toBe(202);
    }
  });

  it('fits a secret whose file ends with a newline, as most editors leave it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
    await writeFile(join(folder, 'github-secret'), `${secret}\n`);
    await writeFile(join(folder, 'gitlab-secret'), `${secret}\r\n`);
    const { url } = await serve({ owners: createDirectorySecrets(folder) });
    for (const provider of ['github', 'gitlab'] as const) {
      expect((await sendDelivery(url, provider, pushPayloads[provider](), { secret, id: 'x' })).status).toBe(202);
    }
    await rm(folder, { recursive: true });
  });

  it('speaks only for the namespaces of its secret', async () => {
    const { url, taken } = await serve({
      secrets: { 'github-secret': [general, { namespace: 'team-a', value: 'of team-a' }] },
    });
    await sendDelivery(url, 'github', pushPayloads.github(), { secret, id: 'general' });
    await sendDelivery(url, 'github', pushPayloads.github(), { secret: 'of team-a', id: 'own' });

    expect(taken.get('github/general')?.accepted.scope).toEqual({ allBut: ['team-a'] });
    expect(taken.get('github/own')?.accepted.scope).toEqual({ only: ['team-a'] });
  });

  it('of Bitbucket is known by its UUID only where that is switched on, with a warning', async () => {
    const body = JSON.stringify(pushPayloads.bitbucket());
    const headers = { 'content-type': 'application/json', 'x-event-key': 'repo:push', 'x-hook-uuid': secret };
    const path = '/api/v1/webhooks/bitbucket';
    const strict = await serve();
    expect((await post(strict.url, headers, body, path)).status).toBe(401);
    await served?.stop();

    const { url, log } = await serve({ hookUuid: true });
    expect((await post(url, headers, body, path)).status).toBe(202);
    expect(log[0]?.['message']).toContain('which is no secret');
  });

  it('that is no JSON, no push or odd is told why, once it is known who sent it', async () => {
    const { url } = await serve();
    const send = async (body: string) => {
      const answer = await post(url, signedHeaders('github', body, { secret, id: 'x' }), body);
      return [answer.status, ((await answer.json()) as { error: string }).error];
    };
    expect(await send('{oops')).toEqual([400, 'the payload is no JSON']);
    expect(await send('')).toEqual([400, 'the payload is no JSON']);
    expect(await send('{}')).toEqual([400, expect.stringContaining('ref')]);
  });

  it('that is no plain JSON is refused', async () => {
    const { url } = await serve();
    const form = {
      ...signedHeaders('github', 'payload=1', { secret, id: 'x' }),
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect((await post(url, form, 'payload=1')).status).toBe(415);
    const packed = { ...signedHeaders('github', '{}', { secret, id: 'x' }), 'content-encoding': 'gzip' };
    expect((await post(url, packed, '{}')).status).toBe(415);
  });

  it.each([
    ['nothing that it could be known by', {}, 401],
    ['a signature without its form', { 'x-hub-signature-256': 'sha256=abc' }, 401],
    ['the signature of another provider', { 'x-gitea-signature': 'a'.repeat(64), 'x-gitlab-token': secret }, 401],
    ['more than 25 MiB', { 'content-length': '26214401' }, 413],
    ['something else than JSON', { 'content-type': 'text/plain' }, 415],
  ])('with %s is refused before a byte of it is read', async (_, headers, status) => {
    const { url } = await serve();
    const usual = { 'content-type': 'application/json', 'content-length': '1000' };
    const { socket, answer } = openRequest(url, '/api/v1/webhooks/github', { ...usual, ...headers });

    expect(await answer).toContain(` ${status} `);
    socket.destroy();
  });

  it('is answered 503 while Temporal is away, without inner details', async () => {
    const { url } = await serve({ away: true });
    const answer = await sendDelivery(url, 'github', pushPayloads.github(), { secret, id: 'x' });

    expect(answer).toEqual({ status: 503, body: { error: 'not available at the moment; send it again' } });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('wants POST, and other places are not there', async () => {
    const { url } = await serve();
    const answer = await fetch(`${url}/api/v1/webhooks/github`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post(url, {}, '', '/api/v1/webhooks/svn')).status).toBe(404);
    expect((await fetch(`${url}/`)).headers.get('x-powered-by')).toBeNull();
  });
});
