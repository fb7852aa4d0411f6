import { createHash } from 'node:crypto';

/** Whose token it is. `app`: an installation token of a GitHub App, which may not ask who it is. */
export type Account = { readonly kind: 'user'; readonly id: number | string } | { readonly kind: 'app' };

/** Remembers whose token is whose, so that a worker asks once for each token and not once for each call. */
export interface Accounts {
  find(api: string, token: string): Account | undefined;
  remember(api: string, token: string, account: Account): void;
}

/** A bounded memory that holds hashes of tokens, never tokens; the oldest entry goes when it is full. */
export function createAccounts(limit = 200): Accounts {
  const known = new Map<string, Account>();
  const keyOf = (api: string, token: string): string => createHash('sha256').update(`${api}\n${token}`).digest('hex');

  return {
    find: (api, token) => known.get(keyOf(api, token)),
    remember(api, token, account) {
      const oldest = known.keys().next();
      if (known.size >= limit && oldest.done !== true) known.delete(oldest.value);
      known.set(keyOf(api, token), account);
    },
  };
}
