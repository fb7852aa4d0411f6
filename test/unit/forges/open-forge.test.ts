import { describe, expect, it } from 'vitest';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import type { Credential, CredentialKey } from '../../../src/secrets/credentials.ts';

const url = 'https://github.com/acme/gitops';
const signal = new AbortController().signal;
const missing: Credential = { kind: 'missing', places: ['/secrets/default', 'SLIPWAY_SECRET_X'] };

/** Opens a forge, sets a status, and tells which token travelled. */
async function tokenUsed(
  credentials: Partial<Record<CredentialKey, Credential>>,
  key: 'gitops-token' | 'status-token',
): Promise<string | null> {
  let sent: string | null = null;
  const open = createOpenForge({
    findCredential: async (wanted) => credentials[wanted] ?? missing,
    httpHosts: [],
    forges: [],
    fetch: async (_url, init) => {
      sent = new Headers(init?.headers).get('authorization');
      return Response.json({}, { status: 201 });
    },
  });
  const forge = await open(url, key, 'default', signal);
  await forge.setCommitStatus('ab'.repeat(20), { state: 'success', context: 'slipway/x', description: 'x', url: null });
  return sent;
}

describe('createOpenForge', () => {
  it('sends the token of the key', async () => {
    expect(
      await tokenUsed(
        { 'gitops-token': { kind: 'token', token: 'g' }, 'git-token': { kind: 'token', token: 's' } },
        'gitops-token',
      ),
    ).toBe('token g');
  });

  it('falls back from status-token to git-token', async () => {
    expect(await tokenUsed({ 'git-token': { kind: 'token', token: 's' } }, 'status-token')).toBe('token s');
    expect(
      await tokenUsed(
        { 'status-token': { kind: 'token', token: 't' }, 'git-token': { kind: 'token', token: 's' } },
        'status-token',
      ),
    ).toBe('token t');
  });

  it('never uses git-token for pull requests', async () => {
    await expect(tokenUsed({ 'git-token': { kind: 'token', token: 's' } }, 'gitops-token')).rejects.toMatchObject({
      type: 'SecretMissing',
      message: expect.stringMatching(/gitops-token.*\/secrets\/default, SLIPWAY_SECRET_X/),
    });
  });

  it('looks for no token for a host whose code host nobody told', async () => {
    const asked: string[] = [];
    const open = createOpenForge({
      findCredential: async (key) => {
        asked.push(key);
        return missing;
      },
      httpHosts: [],
      forges: [],
    });

    await expect(open('https://git.acme.example/a/b', 'gitops-token', 'default', signal)).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('SLIPWAY_FORGES'),
    });
    expect(asked).toEqual([]);
  });

  it('names both keys when a status has no token', async () => {
    await expect(tokenUsed({}, 'status-token')).rejects.toMatchObject({
      type: 'SecretMissing',
      message: expect.stringContaining('status-token or git-token'),
    });
  });

  it('refuses a host that the token is not bound to, before any request', async () => {
    await expect(
      tokenUsed({ 'gitops-token': { kind: 'unbound', host: 'github.com' } }, 'gitops-token'),
    ).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringMatching(/not bound to github.com.*SLIPWAY_CREDENTIAL_HOSTS/),
    });
  });
});
