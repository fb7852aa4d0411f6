import { describe, expect, it } from 'vitest';
import { nearNames } from '../../../src/runs/near-names.ts';

describe('nearNames', () => {
  it('finds swapped letters, other cases and longer names', () => {
    expect(nearNames('mian', ['develop', 'main'])).toEqual(['main']);
    expect(nearNames('Main', ['main', 'develop'])).toEqual(['main']);
    expect(nearNames('login', ['feature/login', 'feature/logout', 'x'])).toEqual(['feature/login']);
  });

  it('gives the nearest three, and nothing where nothing is near', () => {
    expect(nearNames('main', ['main4', 'mainly', 'main1', 'main2', 'maim'])).toHaveLength(3);
    expect(nearNames('main', ['release', 'develop'])).toEqual([]);
  });
});
