import { describe, expect, it } from 'vitest';
import { sameImage } from '../../../../src/openchoreo/generate/image.ts';

describe('sameImage', () => {
  it.each([
    ['r:5000/a:1@sha256:x', 'r:5000/a:2@sha256:x', true],
    ['r:5000/a@sha256:x', 'r:5000/a:2@sha256:x', true],
    ['r:5000/a:1@sha256:x', 'r:5000/a:1@sha256:y', false],
    ['r:5000/a:1@sha256:x', 'r:5001/a:1@sha256:x', false],
    ['r/a:1', 'r/a:1', true],
    ['r/a:1', 'r/a:2', false],
    ['r/a:1', 'r/a:1@sha256:x', false],
  ])('of %s and %s is %s', (left, right, same) => {
    expect(sameImage(left, right)).toBe(same);
  });
});
