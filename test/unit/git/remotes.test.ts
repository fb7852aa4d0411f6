import { describe, expect, it } from 'vitest';
import { createRemotes } from '../../../src/git/remotes.ts';
import type { Credential } from '../../../src/secrets/credentials.ts';

const settings = { folder: '/none', httpHosts: [], allowFile: true, caFile: undefined };
const url = 'https://github.com/acme/shop';
const open = (credential: Credential) => createRemotes({ findCredential: async () => credential, settings });
const missing: Credential = { kind: 'missing', places: ['/secrets/shop/gitops-token', '/secrets/gitops-token'] };
const unbound: Credential = { kind: 'unbound', host: 'github.com' };

describe('createRemotes', () => {
  it('makes a header of a token, however odd', async () => {
    const token = 'a|b&c@d:e/f%g';
    const { authorization = '' } = await open({ kind: 'token', token })(url, 'git-token', 'shop');
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(`x-access-token:${token}`);
  });

  it('reads a source anonymously without a token that may be sent there', async () => {
    expect(await open(missing)(url, 'git-token', 'shop')).toEqual({ url, authorization: undefined });
    expect(await open(unbound)(url, 'git-token', 'shop')).toEqual({ url, authorization: undefined });
  });

  it('needs a token for a GitOps repository, and says where it looked', async () => {
    const opening = open(missing)(url, 'gitops-token', 'shop');
    await expect(opening).rejects.toMatchObject({ type: 'SecretMissing' });
    await expect(opening).rejects.toThrow('/secrets/shop/gitops-token, /secrets/gitops-token');
  });

  it('refuses a GitOps repository at a host that its token is not bound to', async () => {
    await expect(open(unbound)(url, 'gitops-token', 'shop')).rejects.toMatchObject({ type: 'NotAllowed' });
  });

  it('needs the credential of a Secret that the run names, and looks for it there alone', async () => {
    const asked: unknown[] = [];
    const remotes = createRemotes({
      findCredential: async (...question) => {
        asked.push(question);
        return asked.length === 1 ? { kind: 'missing', places: ['Secret shop/mine'] } : unbound;
      },
      settings,
    });
    const failure = { type: 'SecretMissing', message: expect.stringContaining('Secret shop/mine') };
    await expect(remotes(url, 'git-token', 'shop', 'mine')).rejects.toMatchObject(failure);
    await expect(remotes(url, 'git-token', 'shop', 'mine')).rejects.toMatchObject({ type: 'NotAllowed' });
    expect(asked).toEqual(Array(2).fill(['git-token', url, 'shop', 'mine']));
  });

  it('refuses a wrong URL before it looks for a token', async () => {
    const remotes = createRemotes({ findCredential: () => Promise.reject(new Error('looked')), settings });
    await expect(remotes('http://github.com/a', 'gitops-token', 'shop')).rejects.toMatchObject({ type: 'NotAllowed' });
  });
});
