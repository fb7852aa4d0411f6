import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Headers, ProviderName } from '../../../src/webhooks/delivery.ts';
import { providers } from '../../../src/webhooks/read-delivery.ts';

const body = Buffer.from('{"ref":"refs/heads/main"}');
const secret = 'correct horse';
const hex = (key: string, content: Buffer | string = body) => createHmac('sha256', key).update(content).digest('hex');
const verify = (name: ProviderName, headers: Headers, key = secret, content: Uint8Array = body, receivedAt = 0) =>
  providers[name].verify({ headers, body: content, receivedAt }, key);

describe('GitHub', () => {
  it("takes the signature of GitHub's documentation", () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const content = Buffer.from('Hello, World!');
    expect(verify('github', { 'x-hub-signature-256': signature }, "It's a Secret to Everybody", content)).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one without its prefix', hex(secret)],
    ['capital letters', `sha256=${hex(secret).toUpperCase()}`],
    ['SHA-1', `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`],
    ['a short one', `sha256=${hex(secret).slice(0, 63)}`],
    ['two of them', `sha256=${hex(secret)}, sha256=${hex(secret)}`],
    ['one of another secret', `sha256=${hex('other')}`],
    ['one of another body', `sha256=${hex(secret, 'other')}`],
  ])('refuses %s', (_, signature) => {
    expect(verify('github', { 'x-hub-signature-256': signature })).toBe(false);
    expect(verify('github', { 'x-hub-signature': `sha256=${hex(secret)}`, 'x-hub-signature-256': signature })).toBe(
      false,
    );
  });
});

describe('Bitbucket and Gitea', () => {
  it('sign in headers of their own', () => {
    expect(verify('bitbucket', { 'x-hub-signature': `sha256=${hex(secret)}` })).toBe(true);
    expect(verify('bitbucket', { 'x-hub-signature': `sha256=${hex('other')}` })).toBe(false);
    expect(verify('bitbucket', { 'x-hook-uuid': secret })).toBe(false);
    expect(verify('gitea', { 'x-gitea-signature': hex(secret) })).toBe(true);
    expect(verify('gitea', { 'x-gitea-signature': `sha256=${hex(secret)}` })).toBe(false);
    expect(verify('gitea', {})).toBe(false);
  });
});

describe('GitLab', () => {
  it('sends a plain secret as its token', () => {
    expect(verify('gitlab', { 'x-gitlab-token': secret })).toBe(true);
    expect(verify('gitlab', { 'x-gitlab-token': `${secret}x` })).toBe(false);
    expect(verify('gitlab', { 'x-gitlab-token': '' })).toBe(false);
    expect(verify('gitlab', {})).toBe(false);
  });

  // The example of the Standard Webhooks libraries (standardwebhooks.com, MIT).
  const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const signed = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const content = Buffer.from('{"test": 2432232314}');
  const at = 1_614_265_330_000;

  it('signs with a secret that begins with whsec_, as Standard Webhooks has it', () => {
    expect(verify('gitlab', signed, key, content, at)).toBe(true);
    const several = { ...signed, 'webhook-signature': `v1,${'A'.repeat(43)}= v2,x ${signed['webhook-signature']}` };
    expect(verify('gitlab', several, key, content, at)).toBe(true);
  });

  it.each([
    ['another body', signed, Buffer.from('{"test": 1}'), at],
    ['another id', { ...signed, 'webhook-id': 'msg_other' }, content, at],
    ['a request of six minutes ago', signed, content, at + 6 * 60_000],
    ['one of the future', signed, content, at - 6 * 60_000],
    ['no time', { ...signed, 'webhook-timestamp': undefined }, content, at],
    ['no signature', { ...signed, 'webhook-signature': undefined }, content, at],
    ['the secret as token', { 'x-gitlab-token': key }, content, at],
  ])('refuses %s', (_, headers, sent, receivedAt) => {
    expect(verify('gitlab', headers, key, sent, receivedAt)).toBe(false);
  });
});
