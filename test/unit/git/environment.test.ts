import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../../src/git/environment.ts';

const filter = 'blob:none' as const;
const remote = { url: 'https://git.example:8443/acme/shop', authorization: 'Basic c2VjcmV0' };

function configOf(environment: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const count = Number(environment['GIT_CONFIG_COUNT']);
  return new Map(
    Array.from({ length: count }, (_, index) => [
      environment[`GIT_CONFIG_KEY_${index}`] ?? '',
      environment[`GIT_CONFIG_VALUE_${index}`] ?? '',
    ]),
  );
}

describe('gitEnvironment', () => {
  it('inherits nothing but PATH', () => {
    process.env['GIT_SSH_COMMAND'] = 'inherited';
    process.env['HTTPS_PROXY'] = 'inherited';
    const environment = gitEnvironment('/m', { caFile: undefined }, { remote, filter });
    delete process.env['GIT_SSH_COMMAND'];
    delete process.env['HTTPS_PROXY'];
    expect(Object.values(environment)).not.toContain('inherited');
    expect(environment['PATH']).toBe(process.env['PATH']);
    expect(environment['HOME']).toBe('/nonexistent');
  });

  it('sends the credential to its origin only, and allows that transport only', () => {
    const config = configOf(gitEnvironment('/m', { caFile: '/ca.pem' }, { remote, filter }));
    expect(config.get('http.https://git.example:8443/.extraHeader')).toBe('Authorization: Basic c2VjcmV0');
    expect(config.get('protocol.allow')).toBe('never');
    expect([...config.keys()].filter((key) => /^protocol\..+\.allow$/.test(key))).toEqual(['protocol.https.allow']);
    expect(config.get('http.followRedirects')).toBe('false');
    expect(config.get('http.sslCAInfo')).toBe('/ca.pem');
  });

  it('holds neither credential nor transport for local commands', () => {
    const environment = gitEnvironment('/m', { caFile: undefined });
    expect(JSON.stringify(environment)).not.toMatch(/extraHeader|protocol\.\w+\.allow/);
    expect(environment['GIT_NO_LAZY_FETCH']).toBe('1');
  });

  it('sends no credential to a file', () => {
    expect(
      JSON.stringify(
        gitEnvironment('/m', { caFile: undefined }, { remote: { ...remote, url: 'file:///srv/a.git' }, filter }),
      ),
    ).not.toContain('c2VjcmV0');
  });

  it('reaches a remote by SSH with the login in the folder alone, which is no shell text', () => {
    const ssh = { privateKey: 'the key', knownHosts: 'the hosts' };
    const url = 'ssh://git@git.example:7999/acme/shop';
    const environment = gitEnvironment('/m"$(id)', { caFile: undefined }, { remote: { ...remote, url, ssh }, filter });
    const config = configOf(environment);

    expect(environment['SLIPWAY_SSH_FOLDER']).toBe('/m"$(id)/ssh');
    expect(environment['GIT_SSH_COMMAND']).toMatch(/-F none .*StrictHostKeyChecking=yes .*IdentityAgent=none/);
    expect([...config.keys()].filter((key) => /^protocol\..+\.allow$/.test(key))).toEqual(['protocol.ssh.allow']);
    expect(JSON.stringify(environment)).not.toMatch(/the key|the hosts|c2VjcmV0/);
    expect(environment['GIT_SSH_COMMAND']).not.toContain('/m');
  });
});
