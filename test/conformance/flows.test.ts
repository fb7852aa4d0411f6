import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparable, expectedFiles, readCase, readFiles, runCase } from './cases.ts';

const root = join(import.meta.dirname, 'v0.16');

describe('the three commands of a release in a row', () => {
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    const recorded = readCase(folder);

    it(`${name}: ${recorded.title}`, () => {
      const { files, exits } = runCase(folder, recorded);
      expect(exits).toEqual(recorded.steps.filter(({ run }) => run).map(({ exit }) => exit));
      const changed = new Set(readFiles(join(folder, 'expected')).keys());
      expect(comparable(files, changed)).toEqual(comparable(expectedFiles(folder, 'expected'), changed));
    });
  }
});
