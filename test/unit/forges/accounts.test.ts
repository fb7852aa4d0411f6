import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/forges/accounts.ts';

describe('createAccounts', () => {
  it('tells the same token at two servers apart', () => {
    const accounts = createAccounts();
    accounts.remember('https://one', 'token', { kind: 'user', id: 1 });

    expect(accounts.find('https://one', 'token')).toEqual({ kind: 'user', id: 1 });
    expect(accounts.find('https://two', 'token')).toBeUndefined();
  });

  it('forgets the oldest when it is full', () => {
    const accounts = createAccounts(2);
    for (const [id, token] of ['a', 'b', 'c'].entries()) accounts.remember('https://one', token, { kind: 'user', id });

    expect(['a', 'b', 'c'].map((token) => accounts.find('https://one', token)?.kind)).toEqual([
      undefined,
      'user',
      'user',
    ]);
  });
});
