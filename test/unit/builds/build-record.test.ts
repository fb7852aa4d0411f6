import { describe, expect, it } from 'vitest';
import {
  buildRecordTag,
  isFresh,
  parseRecordAnnotations,
  toRecordAnnotations,
} from '../../../src/builds/build-record.ts';

const record = { digest: `sha256:${'d'.repeat(64)}`, builtAt: '2026-01-02T03:04:05.000Z' };
const hourMs = 3_600_000;
const builtAt = Date.parse(record.builtAt);

describe('a build record', () => {
  it('is read back as it was written', () => {
    expect(parseRecordAnnotations(toRecordAnnotations(record))).toEqual(record);
  });

  it.each([
    ['no annotations', {}],
    ['a digest that is none', toRecordAnnotations({ ...record, digest: 'latest' })],
    ['a time that is none', toRecordAnnotations({ ...record, builtAt: 'yesterday' })],
  ])('is none with %s', (_case, annotations) => {
    expect(parseRecordAnnotations(annotations)).toBeUndefined();
  });

  it('is fresh up to its greatest age, and not when it comes from the future', () => {
    const at = (hours: number): boolean => isFresh(record, new Date(builtAt + hours * hourMs), 24 * hourMs);

    expect([at(0), at(24), at(24.1), at(-1)]).toEqual([true, true, false, false]);
  });

  it('has a tag that a registry allows', () => {
    expect(buildRecordTag('0123456789abcdef0123')).toBe('slipway-b-0123456789abcdef0123');
  });
});
