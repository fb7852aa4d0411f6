import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { automaticRunName } from '../../../src/runs/run-name.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const before = 'f'.repeat(40);

describe('automaticRunName', () => {
  it('is made of component, commit and a hash of component and the commit before', () => {
    const hash = createHash('sha256').update(`shop\n${before}`).digest('hex').slice(0, 6);

    expect(automaticRunName('shop', commit, before)).toBe(`shop-0123456789ab-${hash}`);
  });

  it('differs for the same commit pushed again after another one', () => {
    expect(automaticRunName('shop', commit, before)).not.toBe(automaticRunName('shop', commit, null));
  });

  it('differs for what the provider or sweep tells apart, and only for that', () => {
    expect(automaticRunName('shop', commit, before, '1')).not.toBe(automaticRunName('shop', commit, before, '2'));
    expect(automaticRunName('shop', commit, before, '1')).toBe(automaticRunName('shop', commit, before, '1'));
    expect(automaticRunName('shop', commit, before, '')).toBe(automaticRunName('shop', commit, before));
  });

  it('stays a valid label for long components and tells them apart', () => {
    const long = `${'a'.repeat(39)}-`;
    const one = automaticRunName(`${long}one`, commit, before);

    expect(one).toMatch(/^a{39}-0123456789ab-[0-9a-f]{6}$/);
    expect(one.length).toBeLessThanOrEqual(63);
    expect(one).not.toBe(automaticRunName(`${long}two`, commit, before));
  });
});
