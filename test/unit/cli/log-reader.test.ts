import { describe, expect, it } from 'vitest';
import { firstLog, type LogReader, onlyStep, readFileLog } from '../../../src/cli/log-reader.ts';

const saying = (...pieces: (string | null)[]): LogReader => ({ read: async () => pieces.shift() ?? null });
const failing: LogReader = { read: () => Promise.reject(new Error('the cluster is away')) };

describe('readFileLog', () => {
  it('gives what was added since the last reading, and whole characters only', async () => {
    let bytes = Buffer.from('eins\nz');
    const log = readFileLog('log', async (_, offset) => bytes.subarray(offset));
    expect(await log.read(false)).toBe('eins\nz');
    const umlaut = Buffer.from('zwö');
    bytes = Buffer.concat([Buffer.from('eins\n'), umlaut.subarray(0, 3)]);
    expect(await log.read(false)).toBe('w');
    bytes = Buffer.concat([Buffer.from('eins\n'), umlaut]);
    expect(await log.read(false)).toBe('ö');
    expect(await log.read(false)).toBe('');
  });

  it('gives null where there is no file', async () => {
    expect(await readFileLog('log', async () => null).read(true)).toBeNull();
  });
});

describe('firstLog', () => {
  it('stays with the first that has the log', async () => {
    const log = firstLog([saying(null, 'late'), saying('one\n', 'two\n')]);
    expect([await log.read(false), await log.read(false)]).toEqual(['one\n', 'two\n']);
  });

  it('does without one that fails, and tells the failure where no other has the log', async () => {
    expect(await firstLog([failing, saying('copy\n')]).read(true)).toBe('copy\n');
    await expect(firstLog([failing, saying(null)]).read(true)).rejects.toThrow('the cluster is away');
  });
});

describe('onlyStep', () => {
  it('lets the lines of that step through, however the text comes in pieces', () => {
    const pick = onlyStep('build');
    const pieces = ['=== clone ===\ncloned\n=== bu', 'ild ===\nbui', 'lt\n=== push ===\npushed\n'];
    expect(pieces.map(pick).join('')).toBe('built\n');
  });
});
