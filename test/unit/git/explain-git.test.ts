import { describe, expect, it } from 'vitest';
import { explainGit, type GitAttempt, isDamage } from '../../../src/git/explain-git.ts';

const token = 'a|b&c@d:e/f%g';
const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
const url = 'https://github.com/acme/shop.git';
const attempt: GitAttempt = { remote: { url, authorization }, credential: 'gitops-token', operation: 'write' };
const anonymous: GitAttempt = { remote: { url, authorization: undefined }, credential: 'git-token', operation: 'read' };

describe('explainGit', () => {
  it.each([
    ['AccessDenied', "fatal: could not read Username for 'https://github.com': terminal prompts disabled"],
    [
      'AccessDenied',
      "remote: Invalid username or token.\nfatal: Authentication failed for 'https://github.com/acme/shop.git/'",
    ],
    [
      'AccessDenied',
      `remote: Permission to acme/shop.git denied to bot.\nfatal: unable to access '${url}/': The requested URL returned error: 403`,
    ],
    ['AccessDenied', `fatal: unable to access '${url}/': The requested URL returned error: 403`],
    ['AccessDenied', 'remote: HTTP Basic: Access denied. The provided password or token is incorrect'],
    ['SourceNotFound', `remote: Repository not found.\nfatal: repository '${url}/' not found`],
    [
      'SourceNotFound',
      "fatal: '/srv/none' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    ],
    ['SourceNotFound', "fatal: couldn't find remote ref refs/heads/mian"],
    ['SourceNotFound', 'fatal: remote error: upload-pack: not our ref 1111111111111111111111111111111111111111'],
    [
      'SourceNotFound',
      'error: Server does not allow request for unadvertised object 1111111111111111111111111111111111111111',
    ],
    ['SourceNotFound', `fatal: unable to access '${url}/': The requested URL returned error: 302`],
    ['Unavailable', `fatal: unable to access '${url}/': Could not resolve host: github.com`],
    [
      'Unavailable',
      `fatal: unable to access '${url}/': Failed to connect to github.com port 443 after 3 ms: Couldn't connect to server`,
    ],
    ['Unavailable', `fatal: unable to access '${url}/': The requested URL returned error: 503`],
    [
      'Unavailable',
      'error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF',
    ],
    ['Unavailable', `fatal: unable to access '${url}/': OpenSSL SSL_read: Connection reset by peer, errno 104`],
    [
      'Unavailable',
      `fatal: unable to access '${url}/': server certificate verification failed. CAfile: none CRLfile: none`,
    ],
    [
      'Unavailable',
      `fatal: unable to access '${url}/': gnutls_handshake() failed: An unexpected TLS packet was received.`,
    ],
    ['Unavailable', 'fatal: write error: No space left on device'],
    ['RateLimited', `fatal: unable to access '${url}/': The requested URL returned error: 429`],
    [
      'PolicyRejected',
      'remote: error: GH006: Protected branch update failed for refs/heads/main.\n!\tx:refs/heads/main\t[remote rejected] (protected branch hook declined)',
    ],
    [
      'PolicyRejected',
      'remote: error: GH013: Repository rule violations found for refs/heads/main.\n! [remote rejected] (push declined due to repository rule violations)',
    ],
    ['PolicyRejected', '!\tx:refs/heads/y\t[remote rejected] (pre-receive hook declined)'],
    ['PolicyRejected', 'remote: GitLab: You are not allowed to push code to protected branches on this project.'],
    ['Contended', '!\tx:refs/heads/y\t[rejected] (stale info)'],
    ['Contended', '!\tx:refs/heads/y\t[remote rejected] (failed to update ref)'],
    ['Contended', "error: cannot lock ref 'refs/slipway/runs/1': is at 1 but expected 2"],
  ] as const)('knows %s in %j', (type, text) => {
    expect(explainGit(text, attempt).type).toBe(type);
  });

  it('says whether the host is unknown', () => {
    expect(explainGit(`Could not resolve host: github.com`, attempt).hostUnknown).toBe(true);
    expect(explainGit(`Failed to connect to github.com port 443`, attempt).hostUnknown).toBe(false);
  });

  it('names the credential, the host and what it needs', () => {
    expect(explainGit('The requested URL returned error: 403', attempt).message).toBe(
      'github.com refused the gitops-token for acme/shop on github.com: renew it, or let it read and write the contents of this repository (classic token: repo)',
    );
    expect(explainGit("could not read Username for 'x'", anonymous).message).toContain('Set git-token for github.com');
  });

  it('names the branch that is missing, and the rule that refused', () => {
    expect(explainGit("fatal: couldn't find remote ref refs/heads/mian", attempt).message).toContain('no branch mian');
    expect(
      explainGit(
        'remote: error: GH006: Protected branch update failed\nremote: - 2 reviews required\n[remote rejected]',
        attempt,
      ).message,
    ).toContain('GH006: Protected branch update failed - 2 reviews required');
  });

  it('is not misled by the names of repositories and branches', () => {
    const named = 'https://github.com/acme/certificate-gnutls_handshake.git';
    const failure = explainGit(`fatal: repository '${named}/' not found`, {
      ...attempt,
      remote: { url: named, authorization },
    });
    expect(failure.type).toBe('SourceNotFound');
    expect(explainGit('!\tx:refs/heads/release/certificate-GH006\t[rejected] (stale info)', attempt).type).toBe(
      'Contended',
    );
  });

  it('never repeats a credential that the server printed', () => {
    for (const secret of [token, authorization, authorization.slice(6), `x-access-token:${token}`]) {
      for (const text of [`remote: hook declined for ${secret}`, `something odd: ${secret}`]) {
        const { message } = explainGit(text, attempt);
        expect(message).not.toContain(token);
        expect(message).not.toContain(authorization.slice(6));
      }
    }
  });

  it('leaves no control characters and no endless text', () => {
    const { message } = explainGit(`remote: \u001b[31mpre-receive hook declined ${'x'.repeat(5000)}`, attempt);
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(700);
  });
});

describe('isDamage', () => {
  it('tells a damaged folder from an answer', () => {
    expect(isDamage("fatal: not a git repository: '/var/lib/x'")).toBe(true);
    expect(isDamage('error: object file objects/17/ab is empty\nfatal: loose object 17ab is corrupt')).toBe(true);
    expect(isDamage('git was ended by SIGSEGV')).toBe(true);
    expect(isDamage('fatal: Not a valid object name 1111111')).toBe(false);
    expect(isDamage("fatal: couldn't find remote ref refs/heads/x")).toBe(false);
  });
});
