import { describe, expect, it } from 'vitest';
import { runCancel } from '../../../src/cli/run-cancel.ts';
import { runGet } from '../../../src/cli/run-get.ts';
import { runList } from '../../../src/cli/run-list.ts';
import { runLogs } from '../../../src/cli/run-logs.ts';
import { runRetry } from '../../../src/cli/run-retry.ts';
import { runStart } from '../../../src/cli/run-start.ts';
import { runWatch } from '../../../src/cli/run-watch.ts';
import { recordOut } from '../../support/recorded-out.ts';

const commands = { runCancel, runGet, runList, runLogs, runRetry, runStart, runWatch };

describe.each(Object.entries(commands))('the help of %s', (_name, command) => {
  it('fits 100 columns, has an example, and tells the exit codes', async () => {
    const out = recordOut();
    const nothing = new Proxy({} as never, {
      get: () => {
        throw new Error('help needs nothing');
      },
    });
    expect(await command(['--help'], nothing, { out, err: out })).toBe(0);
    const help = out.text();
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(help).toMatch(/^slipway run \w+ .*\n\n/);
    expect(help).toMatch(/\n {2}slipway run \w+ /);
    expect(help).toMatch(/\nExit codes: 0 .*1 .*2 wrong usage/s);
  });
});
