import { describe, expect, it } from 'vitest';
import { createEnvironmentSecrets } from '../../../src/secrets/environment-secrets.ts';
import { createKnownSecrets } from '../../../src/secrets/known-secrets.ts';

const auth = Buffer.from('robot:pass-of-robot').toString('base64');
const key = ['-----BEGIN KEY-----', 'bGluZSBvbmUgb2YgYSBwcml2YXRlIGtleQ', '-----END KEY-----'].join('\n');

function watched() {
  const known = createKnownSecrets();
  const source = createEnvironmentSecrets({
    SLIPWAY_SECRET_GIT_TOKEN: 'token-of-git',
    SLIPWAY_SECRET_GITHUB_SECRET: 'of-webhooks',
    SLIPWAY_SECRET_REGISTRY_AUTH: JSON.stringify({ auths: { 'registry.test': { auth } } }, null, 2),
    SLIPWAY_SECRET_GIT_SSH_KEY: key,
  });
  return { known, secrets: known.watch(source) };
}

describe('the secrets that a process knows', () => {
  it('are those that it has read, and no others', async () => {
    const { known, secrets } = watched();
    expect(known.redact('with token-of-git')).toBe('with token-of-git');

    expect(await secrets.read('git-token', 'default')).toBe('token-of-git');
    expect(await secrets.all('github-secret')).toMatchObject([{ value: 'of-webhooks' }]);

    expect(known.redact('with token-of-git and of-webhooks')).toBe('with *** and ***');
  });

  it('have parts that do not show either: passwords of registries, lines of keys', async () => {
    const { known, secrets } = watched();
    await secrets.readFirst(['registry-auth'], 'default');
    await secrets.read('git-ssh-key', 'default');

    expect(known.redact(`Basic ${auth}, pass-of-robot, bGluZSBvbmUgb2YgYSBwcml2YXRlIGtleQ`)).toBe(
      'Basic ***, ***, ***',
    );
  });

  it('are the newest ones, however many tokens are made', () => {
    const known = createKnownSecrets();
    for (let n = 0; n < 2000; n += 1) known.add(`token-number-${n}.`);

    expect(known.redact('token-number-1999. token-number-0.')).toBe('*** token-number-0.');
  });
});
