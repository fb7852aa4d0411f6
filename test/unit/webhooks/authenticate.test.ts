import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticate, isInScope, type WebhookSecret } from '../../../src/webhooks/authenticate.ts';

const body = Buffer.from('{}');
const signedWith = (key: string) => ({
  headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}` },
  body,
  receivedAt: 0,
});
const general = { namespace: null, value: 'general' };
const teamA = { namespace: 'team-a', value: 'of team a' };

const mayStart = (key: string, namespace: string, ...secrets: WebhookSecret[]) => {
  const found = authenticate('github', signedWith(key), secrets);
  return found === undefined ? 'refused' : isInScope(found.scope, namespace);
};

describe('authenticate', () => {
  it('refuses what no secret fits, and everything where there is none', () => {
    expect(mayStart('other', 'team-b', general, teamA)).toBe('refused');
    expect(mayStart('other', 'team-b')).toBe('refused');
    expect(mayStart('', 'team-b', { namespace: null, value: '' })).toBe('refused');
  });

  it('lets the secret of a namespace start that namespace alone', () => {
    expect(mayStart('of team a', 'team-a', general, teamA)).toBe(true);
    expect(mayStart('of team a', 'team-b', general, teamA)).toBe(false);
  });

  it('lets the general secret start all namespaces but those with one of their own', () => {
    expect(mayStart('general', 'team-b', general, teamA)).toBe(true);
    expect(mayStart('general', 'team-a', general, teamA)).toBe(false);
  });

  it('takes both secrets while they are exchanged', () => {
    const next = { ...teamA, value: 'the next' };
    expect(mayStart('of team a', 'team-a', teamA, next)).toBe(true);
    expect(mayStart('the next', 'team-a', teamA, next)).toBe(true);
    expect(mayStart('general', 'team-b', general, { ...general, value: 'the next' })).toBe(true);
  });

  it('gives a secret that several have to all of them', () => {
    const same = { namespace: 'team-b', value: general.value };
    expect(mayStart('general', 'team-b', general, teamA, same)).toBe(true);
    expect(mayStart('general', 'team-a', general, teamA, same)).toBe(false);
  });

  it('knows a webhook of Bitbucket by its UUID only where the operator wants it, and warns', () => {
    const uuid = '{a1b2c3}';
    const request = { headers: { 'x-hook-uuid': uuid }, body, receivedAt: 0 };
    const secrets = [{ namespace: null, value: uuid }];

    expect(authenticate('bitbucket', request, secrets)).toBeUndefined();
    const found = authenticate('bitbucket', request, secrets, { hookUuid: true });
    expect(found).toMatchObject({ scope: { allBut: [] }, warning: expect.stringContaining('no secret') });
    expect(found?.warning).not.toContain(uuid);
    const forged = { ...request, headers: { ...request.headers, 'x-hub-signature': 'sha256=00' } };
    expect(authenticate('bitbucket', forged, secrets, { hookUuid: true })).toBeUndefined();
    expect(authenticate('github', request, secrets, { hookUuid: true })).toBeUndefined();
  });
});
