import { describe, expect, it } from 'vitest';
import {
  authorizationTexts,
  readSourceAuthorization,
  sourceAuthorization,
} from '../../../src/builds/source-authorization.ts';

const url = 'https://git.example/a';
const ssh = {
  privateKey:
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n',
  knownHosts: 'git.example ssh-ed25519 AAAA',
};
const basic = `Basic ${Buffer.from('x-access-token:s3cret').toString('base64')}`;

describe('the credential of a source as one text', () => {
  it.each([
    ['a header', { url, authorization: basic }, { authorization: basic }],
    ['an SSH login', { url, authorization: undefined, ssh }, { authorization: undefined, ssh }],
    ['none', { url, authorization: undefined }, { authorization: undefined }],
  ])('is %s again once it is read', (_what, remote, login) => {
    expect(readSourceAuthorization(sourceAuthorization(remote))).toEqual(login);
  });

  it('says what of it must not show', () => {
    expect(authorizationTexts(basic)).toEqual([basic.slice('Basic '.length), 's3cret']);
    const text = sourceAuthorization({ url, authorization: undefined, ssh }) ?? '';
    expect(authorizationTexts(text)).toEqual(['b3BlbnNzaC1rZXktdjEAAAAABG5vbmU']);
  });
});
