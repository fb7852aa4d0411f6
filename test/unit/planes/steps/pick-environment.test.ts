import { expect, it } from 'vitest';
import { pickEnvironment } from '../../../../src/planes/steps/pick-environment.ts';

it('passes on only what is named, and nothing that holds a secret', () => {
  const environment = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    GITOPS_TOKEN: 'x',
    SLIPWAY_GIT_TOKEN: 'x',
    HOME: '/root',
  };

  expect(pickEnvironment(environment)).toEqual({ PATH: '/bin', HTTPS_PROXY: 'http://proxy' });
});
