import { describe, expect, it } from 'vitest';
import { HostAliases } from '../../../src/webhooks/host-aliases.ts';

describe('HostAliases', () => {
  it('is read from pairs, in small letters', () => {
    expect(HostAliases.parse(['Git.Acme.io:7999=git.acme.io', 'gitea:3000=git.acme.io:8443'])).toEqual({
      'git.acme.io:7999': 'git.acme.io',
      'gitea:3000': 'git.acme.io:8443',
    });
  });

  it.each(['git.acme.io', 'a=b=c', '=a', 'a=', 'https://a=b', 'a/b=c', '__proto__=x'])('refuses %j', (item) => {
    expect(HostAliases.safeParse([item]).success).toBe(false);
  });
});
