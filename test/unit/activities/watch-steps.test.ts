import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../../activities/watch-steps.ts';

const plan = { namespace: 'default', project: 'shop', component: 'api', source: { commit: null } };

describe('what a step is about', () => {
  it.each([
    ['a step of a run', { plan, source: { commit: 'abc' } }, { component: 'default/shop/api', commit: 'abc' }],
    ['the status of a commit', { plan, commit: 'abc' }, { component: 'default/shop/api', commit: 'abc' }],
    [
      'a run of a commit',
      { plan: { ...plan, source: { commit: 'abc' } } },
      { component: 'default/shop/api', commit: 'abc' },
    ],
    ['a run of a branch', { plan }, { component: 'default/shop/api' }],
    ['what is no run yet', { run: { metadata: {} } }, {}],
    ['nothing', undefined, {}],
  ])('is read from the input of %s', (_, input, subject) => {
    expect(subjectOf('run/default/api-001', input)).toEqual({ run: 'default/api-001', ...subject });
  });

  it('names no run where there is none', () => {
    expect(subjectOf('delivery/github/x', { push: {} })).toEqual({});
  });
});
