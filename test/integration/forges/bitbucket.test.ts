import { bitbucketApi } from '../../support/forges/bitbucket-api.ts';
import { startEmulatedForge } from '../../support/forges/emulated-forge.ts';
import { describeForge } from './contract.ts';
import { underTest } from './emulated.ts';

const states = { INPROGRESS: 'pending', SUCCESSFUL: 'success', FAILED: 'failure', STOPPED: 'error' } as const;

describeForge(
  'Bitbucket Cloud, emulated',
  async () =>
    underTest(await startEmulatedForge(bitbucketApi), 'bitbucket', 50, (state) => states[state as keyof typeof states]),
  { labels: false, turnsOff: false },
);
