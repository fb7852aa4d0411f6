import type { CredentialKey } from '../secrets/credentials.ts';
import type { ForgeRepository } from './repository-url.ts';

/** One request to a forge that is over. */
export interface ForgeCall {
  readonly forge: ForgeRepository['kind'];
  readonly host: string;
  readonly credential: CredentialKey;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly seconds: number;
  /** What the forge says of the calls that are left; null where it says nothing. */
  readonly budget: { readonly remaining: number; readonly limit: number } | null;
}

/** The same fetch; each call is told. */
export function watchCalls(
  fetch: typeof globalThis.fetch,
  { kind, host }: ForgeRepository,
  credential: CredentialKey,
  tell: (call: ForgeCall) => void,
): typeof globalThis.fetch {
  return async (...request) => {
    const began = Date.now();
    const call = { forge: kind, host, credential };
    const seconds = () => (Date.now() - began) / 1000;
    try {
      const response = await fetch(...request);
      tell({ ...call, status: response.status, seconds: seconds(), budget: budgetOf(response.headers) });
      return response;
    } catch (error) {
      tell({ ...call, status: null, seconds: seconds(), budget: null });
      throw error;
    }
  };
}

/** GitHub's names, and GitLab's. */
function budgetOf(headers: Headers): ForgeCall['budget'] {
  const number = (name: string): number =>
    Number(headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`) ?? Number.NaN);
  const [remaining, limit] = [number('remaining'), number('limit')];
  return Number.isFinite(remaining) && Number.isFinite(limit) ? { remaining, limit } : null;
}
