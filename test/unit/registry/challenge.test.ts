import { describe, expect, it } from 'vitest';
import { parseChallenge } from '../../../src/registry/challenge.ts';

describe('a challenge', () => {
  it('names realm, service and scope', () => {
    const header =
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"';

    expect(parseChallenge(header)).toEqual({
      kind: 'bearer',
      realm: 'https://auth.example/token',
      service: 'registry.example',
      scope: 'repository:a/b:pull,push',
    });
  });

  it('is read in any case and with bare values', () => {
    expect(parseChallenge('bearer Realm=https://a.example/t , service=x')).toMatchObject({
      realm: 'https://a.example/t',
      service: 'x',
    });
    expect(parseChallenge('BASIC realm="x"')).toEqual({ kind: 'basic' });
  });

  it.each([undefined, '', 'Bearer', 'Bearer service="x"', 'Negotiate abc'])('is none in %j', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
