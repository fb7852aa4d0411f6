import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';

const forges = (setting: string) =>
  loadConfig({ SLIPWAY_CATALOG: 'directory:/catalog', SLIPWAY_FORGES: setting }).forges;

describe('SLIPWAY_FORGES', () => {
  it('is read with ports and paths', () => {
    expect(
      forges(
        'Git.example.com=gitea, ghe.example.com:8443=github,code.example.com/git/=gitea,lab.example.com:8443/code=gitlab',
      ),
    ).toEqual([
      { kind: 'gitea', host: 'git.example.com', path: '' },
      { kind: 'github', host: 'ghe.example.com:8443', path: '' },
      { kind: 'gitea', host: 'code.example.com', path: '/git' },
      { kind: 'gitlab', host: 'lab.example.com:8443', path: '/code' },
    ]);
    expect(forges('')).toEqual([]);
  });

  it.each(['git.example.com', 'git.example.com=gitlabb', 'https://git.example.com=gitea', '=gitea', 'a b=gitea'])(
    'refuses %j',
    (setting) => {
      expect(() => forges(setting)).toThrow(/SLIPWAY_FORGES.*must be <host/);
    },
  );

  it('refuses a path for GitHub, which has none', () => {
    expect(() => forges('ghe.example.com/git=github')).toThrow(/GitHub has no path/);
  });
});
