import { describe, expect, it } from 'vitest';
import { describeConnectionError } from '../../../src/registry/connection-error.ts';

const failureFor = (code: string) =>
  describeConnectionError('registry.example', Object.assign(new Error('no'), { code }));

describe('an error before the answer', () => {
  it.each([
    ['ENOTFOUND', 'Unavailable', 'does not resolve', true],
    ['EAI_AGAIN', 'Unavailable', 'does not resolve', false],
    ['ECONNREFUSED', 'Unavailable', 'did not answer (ECONNREFUSED)', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'Unavailable', 'SLIPWAY_CA_FILE', false],
    ['CERT_HAS_EXPIRED', 'Unavailable', 'not valid now', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Unavailable', 'another name', false],
    ['EPROTO', 'NotAllowed', 'does not speak https', false],
  ])('with code %s is %s and says: %s', (code, type, text, hostUnknown) => {
    expect(failureFor(code)).toMatchObject({ type, hostUnknown, message: expect.stringContaining(text) });
  });

  it('is looked for inside of the errors of several addresses', () => {
    const errors = new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })]);

    expect(describeConnectionError('r', errors).message).toContain('ECONNREFUSED');
  });
});
