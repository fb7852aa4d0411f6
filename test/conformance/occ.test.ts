import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCase } from './cases.ts';
import { judge } from './judge.ts';
import { runCase } from './run-case.ts';

/** Cases that do not pass yet, by dialect and name, with the reason. */
const notYet: Readonly<Record<string, string>> = {};

describe.each(['v0.15', 'v0.16', 'v1.2'])('the commands on %s', (dialect) => {
  const root = join(import.meta.dirname, dialect);

  it.each(readdirSync(root))('%s', async (name) => {
    const folder = join(root, name);
    const recorded = readCase(folder);
    const problems = judge(folder, recorded, await runCase(folder, recorded));
    const reason = notYet[`${dialect}/${name}`];
    if (reason === undefined) expect(problems, recorded.title).toEqual([]);
    else expect(problems, `it passes now; take it out of the table (${reason})`).not.toEqual([]);
  });
});
