import { describe, expect, it } from 'vitest';
import { findRegistryCredential } from '../../../src/registry/docker-config.ts';

const pair = (username: string, password: string) => ({
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
});
const find = (auths: object, registry: string, name = 'team/app') =>
  findRegistryCredential(JSON.stringify({ auths }), { registry, name });

describe('the credential of a registry in a docker config.json', () => {
  it.each([
    ['registry.example:5000', 'registry.example:5000'],
    ['https://registry.example:5000', 'registry.example:5000'],
    ['https://registry.example:5000/v2/', 'registry.example:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'registry-1.docker.io'],
    ['index.docker.io', 'docker.io'],
  ])('under %s is found for %s', (key, registry) => {
    expect(find({ [key]: pair('robot', 'a:b') }, registry)).toEqual({
      kind: 'password',
      username: 'robot',
      password: 'a:b',
    });
  });

  it('is never that of another host or port', () => {
    const auths = { 'registry.example': pair('robot', 'x'), 'registry.example.evil': pair('robot', 'x') };

    expect(find(auths, 'registry.example:5000')).toBeUndefined();
    expect(find(auths, 'evil')).toBeUndefined();
  });

  it('is the one for the nearest path', () => {
    const auths = {
      'r.example': pair('all', '1'),
      'r.example/team': pair('team', '2'),
      'r.example/team-b': pair('other', '3'),
    };

    expect(find(auths, 'r.example', 'team/app')).toMatchObject({ username: 'team' });
    expect(find(auths, 'r.example', 'else/app')).toMatchObject({ username: 'all' });
  });

  it('may be plain fields or an identity token', () => {
    expect(find({ r: { username: 'u', password: 'p' } }, 'r')).toEqual({
      kind: 'password',
      username: 'u',
      password: 'p',
    });
    expect(find({ r: { ...pair('u', ''), identitytoken: 't' } }, 'r')).toEqual({ kind: 'identityToken', token: 't' });
  });

  it('is missing for an entry that is empty', () => {
    expect(find({ r: {} }, 'r')).toBeUndefined();
  });

  it.each(['not json: hunter2', '{"auths": "hunter2"}'])(
    'is an error without a quote where the text is no such file: %s',
    (text) => {
      const read = () => findRegistryCredential(text, { registry: 'r', name: 'a' });

      expect(read).toThrow('registry-auth is not a docker config.json');
      expect(read).not.toThrow('hunter2');
    },
  );
});
