import { describe, expect, it } from 'vitest';
import { createRedactor, redact } from '../../../src/secrets/redact.ts';

const secret = 'p@ss/wörd+"q"?==';

describe('redact', () => {
  it('replaces a secret wherever it stands', () => {
    expect(redact(`a ${secret} b ${secret}`, [secret])).toBe('a *** b ***');
  });

  it.each([
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in small letters', encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['in JSON', JSON.stringify({ token: secret })],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
    ...['x-access-token:', 'oauth2:', 'u:', ''].flatMap((user) =>
      ['', '!', '!!'].map((end): [string, string] => [
        `as Basic authorization of "${user}" with "${end}"`,
        Buffer.from(user + secret + end).toString('base64'),
      ]),
    ),
  ])('replaces it %s', (_, form) => {
    const redacted = redact(`header: ${form};`, [secret]);
    const left = redacted.replaceAll('***', '').replace('header: ', '');

    expect(redacted).toContain('***');
    expect(left.length).toBeLessThanOrEqual(form.length - secret.length);
    expect(Buffer.from(left, 'base64').toString()).not.toContain('wörd');
  });

  it('leaves no part of a longer secret that contains a shorter one', () => {
    expect(redact('token-long and token', ['token', 'token-long'])).toBe('*** and ***');
  });

  it('leaves texts alone where there is nothing to hide', () => {
    expect(redact('a.b', ['a+b+c', undefined, '', 'abc'])).toBe('a.b');
    expect(createRedactor([])('abc')).toBe('abc');
  });
});
