import { Failure } from '../failures.ts';
import type { CredentialKey } from '../secrets/credentials.ts';

/** One call to a forge, as an error message has to name it. The token is here only to be taken out of texts. */
export interface Attempt {
  /** Continues "could not …", e.g. `open a pull request from a to b`. */
  readonly doing: string;
  readonly host: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly key: CredentialKey;
  readonly token: string;
}

/** What a request that got no answer means: `Unavailable`, with what to look at. */
export function notReached(error: Error, attempt: Attempt): Failure {
  const reason = networkReason(error);
  const hostUnknown = reason === 'ENOTFOUND';
  const hint = hostUnknown
    ? 'Its name does not resolve: check the spelling of the host and the DNS.'
    : /CERT|TLS|SELF_SIGNED|VERIFY/.test(reason)
      ? 'Its certificate is not trusted: add its authority to the file that SLIPWAY_CA_FILE names.'
      : 'Check the network between here and there. It is tried again.';
  const text = `Could not ${attempt.doing} in ${attempt.repository}: ${attempt.host} was not reached (${reason}). ${hint}`;
  return new Failure('Unavailable', oneLine(text, attempt.token), { cause: error, hostUnknown });
}

/** The system's error code, found anywhere in the chain of causes, else the innermost message. */
function networkReason(error: Error): string {
  let reason = error.message;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    if (cause.name === 'TimeoutError') return 'no answer in time';
    reason = cause.message;
  }
  return reason;
}

/** A header's seconds as milliseconds; undefined where it says none. */
export function secondsHeader(header: string | number | null | undefined): number | undefined {
  const value = Number(header ?? Number.NaN);
  return !Number.isFinite(value) || value < 0 ? undefined : value * 1000;
}

/** A server's text for a message: one line, bounded, without the token. */
export function oneLine(text: string, token: string): string {
  return text.replaceAll(token, '[token]').replace(/\s+/g, ' ').trim().slice(0, 500);
}
