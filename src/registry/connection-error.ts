import { Failure } from '../failures.ts';

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What went wrong before a registry answered, as a `Failure` that says what to do. */
export function describeConnectionError(host: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Failure(
      'Unavailable',
      `The registry's host ${host} does not resolve. Check the parameter registry-url.`,
      { cause: error, hostUnknown: code === 'ENOTFOUND' },
    );
  }
  if (untrusted.has(code)) {
    return new Failure(
      'Unavailable',
      `The certificate of ${host} is signed by an authority that is not trusted here (${code}). Add that authority to the file that SLIPWAY_CA_FILE names.`,
      { cause: error },
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return new Failure(
      'Unavailable',
      `The certificate of ${host} is not valid now (${code}). Renew it, or set this machine's clock.`,
      { cause: error },
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new Failure(
      'Unavailable',
      `The certificate of ${host} is made for another name. Use the name that it is made for.`,
      { cause: error },
    );
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return new Failure(
      'NotAllowed',
      `${host} does not speak https. Where plain http is meant, name ${host} in SLIPWAY_REGISTRY_HTTP_HOSTS; else correct registry-url.`,
      { cause: error },
    );
  }
  const detail = code === '' ? (error instanceof Error ? error.message : 'unknown error') : code;
  return new Failure(
    'Unavailable',
    `The registry ${host} did not answer (${detail}). Check that it runs and can be reached from the worker; it is tried again.`,
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  // Node tries each address of a name and then throws all errors together.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && 'code' in first ? String(first.code) : '';
}
