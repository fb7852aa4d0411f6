import { describe, expect, it } from 'vitest';
import { createGitLogin } from '../../../src/forges/git-login.ts';

const login = createGitLogin([{ kind: 'gitlab', host: 'lab.acme.example:8443', path: '/code' }]);

describe('createGitLogin', () => {
  it.each([
    ['https://github.com/acme/shop', 'secret', 'x-access-token', 'secret'],
    ['https://git.acme.example/acme/shop', 'a:b', 'x-access-token', 'a:b'],
    ['https://gitlab.com/acme/shop', 'secret', 'oauth2', 'secret'],
    ['https://lab.acme.example:8443/code/acme/shop', 'secret', 'oauth2', 'secret'],
    ['https://bitbucket.org/acme/shop', 'secret', 'x-token-auth', 'secret'],
    ['https://bitbucket.org/acme/shop', 'ada@acme.example:secret', 'x-bitbucket-api-token-auth', 'secret'],
    ['https://bitbucket.org/acme/shop', 'ada:secret', 'ada', 'secret'],
  ])('gives git at %s for the token %s the user %s', (url, token, user, password) => {
    expect(login(url, token)).toEqual({ user, password });
  });
});
