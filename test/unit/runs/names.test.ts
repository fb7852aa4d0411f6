import { describe, expect, it } from 'vitest';
import { imageTag, releaseBranch, releaseBranchDate } from '../../../src/runs/names.ts';

describe('releaseBranch', () => {
  it('names the start of the workflow in UTC', () => {
    expect(releaseBranch('greeter', new Date('2026-03-04T23:05:09.987-02:00'))).toBe('release/greeter-20260305-010509');
  });
});

describe('releaseBranchDate', () => {
  it('tells when the run of a branch began', () => {
    const began = new Date('2026-03-04T23:05:09Z');
    const branch = releaseBranch('api-2-20200101-000000', began);
    expect(releaseBranchDate(branch)).toEqual(began);
    expect(releaseBranchDate(`${branch}-a1b2`)).toEqual(began);
  });

  it.each([
    'main',
    'release/api',
    'release/api-20261301-000000',
    'release/api-20260101-000000-fix',
    'x/release/api-20260101-000000',
  ])('knows none of %s', (branch) => expect(releaseBranchDate(branch)).toBeNull());
});

describe('imageTag', () => {
  it('adds the first eight digits of the commit to the prefix', () => {
    expect(imageTag('v1', 'f3b7f5e4a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6')).toBe('v1-f3b7f5e4');
  });
});
