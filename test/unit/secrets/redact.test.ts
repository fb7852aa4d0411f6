import { describe, expect, it } from 'vitest';
import { createRedactor, redact, redactPieces } from '../../../src/secrets/redact.ts';

const secret = 'p@ss/wörd+"q"?==';

describe('redact', () => {
  it('replaces a secret wherever it stands', () => {
    expect(redact(`a ${secret} b ${secret}`, [secret])).toBe('a *** b ***');
  });

  it.each([
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in small letters', encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase())],
    ["as an address's password", Object.assign(new URL('http://ada@host'), { password: secret }).href],
    ['in an address that was encoded whole', encodeURI(`http://host/${secret}`)],
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

  it("replaces it in a form's field", () => {
    const field = new URLSearchParams({ phrase: 'four words (of it)!' });
    expect(redact(`${field}&b=1`, ['four words (of it)!'])).toBe('phrase=***&b=1');
  });

  it('leaves no part of a longer secret that contains a shorter one', () => {
    expect(redact('token-long and token', ['token', 'token-long'])).toBe('*** and ***');
  });

  it('leaves texts alone where there is nothing to hide', () => {
    expect(redact('a.b', ['a+b+c', undefined, '', 'abc'])).toBe('a.b');
    expect(createRedactor([])('abc')).toBe('abc');
  });
});

describe('redactPieces', () => {
  const inPieces = (pieces: readonly string[], secrets: readonly string[]): string => {
    const redacted = redactPieces(secrets);
    return pieces.map((piece) => redacted.next(piece)).join('') + redacted.rest();
  };

  it('gives what the whole text gives, wherever it is cut', () => {
    const secrets = [secret, 'token', 'token-long', 'two\nlines'];
    const base64 = Buffer.from(`user:${secret}`).toString('base64');
    const text = `a ${secret} ${base64} token token-long toke\n token-lon two\nlines ${encodeURIComponent(secret)} to`;
    const whole = redact(text, secrets);
    for (let first = 0; first <= text.length; first += 1) {
      for (const length of [1, 3, text.length]) {
        const pieces = [text.slice(0, first), text.slice(first, first + length), text.slice(first + length)];
        expect(inPieces(pieces, secrets)).toBe(whole);
      }
    }
    expect(inPieces([...text], secrets)).toBe(whole);
  });

  it('keeps nothing back that cannot become a secret', () => {
    const redacted = redactPieces(['token']);
    expect(redacted.next('a line\nand tok')).toBe('a line\nand ');
    expect(redacted.next('yo')).toBe('tokyo');
    expect(redactPieces([]).next('abc')).toBe('abc');
  });
});
