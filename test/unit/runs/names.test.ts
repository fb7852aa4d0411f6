import { describe, expect, it } from 'vitest';
import { imageTag, releaseBranch } from '../../../src/runs/names.ts';

describe('releaseBranch', () => {
  it('names the start of the workflow in UTC', () => {
    expect(releaseBranch('greeter', new Date('2026-03-04T23:05:09.987-02:00'))).toBe('release/greeter-20260305-010509');
  });
});

describe('imageTag', () => {
  it('adds the first eight digits of the commit to the prefix', () => {
    expect(imageTag('v1', 'f3b7f5e4a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6')).toBe('v1-f3b7f5e4');
  });
});
