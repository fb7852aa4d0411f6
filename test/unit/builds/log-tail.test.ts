import { describe, expect, it } from 'vitest';
import { logTail } from '../../../src/builds/log-tail.ts';

describe('the tail of a log', () => {
  it('is whole lines up to the limit', () => {
    expect(logTail('first line\nsecond line\nthird\n', 18)).toBe('second line\nthird');
  });

  it('is never longer than the limit in bytes', () => {
    expect(Buffer.byteLength(logTail('é'.repeat(5000), 2048))).toBeLessThanOrEqual(2048);
    expect(logTail('é'.repeat(5000), 2047)).not.toContain('\uFFFD');
  });

  it('has no colours, no empty lines and of a progress bar only its end', () => {
    expect(logTail('\u001b[31mred\u001b[0m\r\n\n 1%\r 50%\r100%\nend\u0007')).toBe('red\n100%\nend');
  });

  it('is empty for an empty log', () => {
    expect(logTail('\n\n')).toBe('');
  });
});
