import { describe, expect, it } from 'vitest';
import { webhookSetup } from '../../../src/cli/webhook-setup.ts';
import { providerNames } from '../../../src/webhooks/delivery.ts';
import { recordOut } from '../../support/recorded-out.ts';

async function setUp(...args: string[]) {
  const out = recordOut();
  const err = recordOut();
  return { code: await webhookSetup(args, { out, err }), out: out.text(), err: err.text() };
}

describe('webhook setup', () => {
  it.each(providerNames)('says address, secret and steps for %s', async (provider) => {
    const { code, out } = await setUp('--provider', provider, '--url', 'https://slipway.acme.io/');

    expect(code).toBe(0);
    expect(out).toContain(`Address     https://slipway.acme.io/api/v1/webhooks/${provider}\n`);
    expect(out).toContain(`file      <folder of secrets>/${provider}-secret\n`);
    expect(out).toContain(`SLIPWAY_SECRET_${provider.toUpperCase()}_SECRET\n`);
    expect(out).toMatch(/openssl rand .*\n {2}1\. .*\n.*ngrok http/s);
    expect(out).not.toContain('{url}');
  });

  it('places the secret of a namespace', async () => {
    const { out } = await setUp('--provider', 'gitlab', '-n', 'team-a');
    expect(out).toContain('<folder of secrets>/team-a/gitlab-secret');
    expect(out).toContain('SLIPWAY_SECRET_TEAM_A__GITLAB_SECRET');
    expect(out).toContain('whsec_');
  });

  it.each([
    [['--provider', 'svn']],
    [[]],
    [['--provider', 'github', '--url', 'slipway.acme.io']],
    [['--provider', 'github', '--url', 'https://me:secret@slipway.acme.io']],
    [['--provider', 'github', '-n', '../x']],
  ])('ends with 2 for %j', async (args) => {
    expect((await setUp(...args)).code).toBe(2);
  });
});
