import { describe, expect, it } from 'vitest';
import { readHeaders } from '../../../src/cli/read-headers.ts';
import { UsageError } from '../../../src/cli/usage.ts';

describe('readHeaders', () => {
  it.each([
    ['a JSON object with names in any case', '{"X-GitHub-Event": "push", "x-number": 7}'],
    ['lines', 'X-GITHUB-EVENT: push\nX-Number:7\n'],
    [
      'lines as a proxy records them',
      'POST /api/v1/webhooks/github HTTP/1.1\r\nx-github-event:  push \r\nX-Number: 7\r\n\r\n',
    ],
  ])('reads %s', (_, text) => {
    expect(readHeaders(text)).toEqual({ 'x-github-event': 'push', 'x-number': '7' });
  });

  it('keeps colons in values, and takes a file without headers', () => {
    expect(readHeaders('Host: a:1')).toEqual({ host: 'a:1' });
    expect(readHeaders('')).toEqual({});
  });

  it.each(['{"a":', '["a"]x', 'no header', 'a b: c', '{}x'])('refuses %j', (text) => {
    expect(() => readHeaders(text)).toThrow(UsageError);
  });
});
