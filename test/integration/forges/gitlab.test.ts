import { startEmulatedForge } from '../../support/forges/emulated-forge.ts';
import { gitlabApi } from '../../support/forges/gitlab-api.ts';
import { describeForge } from './contract.ts';
import { underTest } from './emulated.ts';

const states = new Map([
  ['failed', 'failure'],
  ['success', 'success'],
  ['pending', 'pending'],
] as const);

describeForge(
  'GitLab, emulated',
  async () =>
    underTest(await startEmulatedForge(gitlabApi), 'gitlab', 100, (state) => states.get(state as 'failed') ?? 'error'),
  { page: '-/merge_requests/' },
);
