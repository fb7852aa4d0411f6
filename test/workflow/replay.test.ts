import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRunSinks } from '../../src/temporal/run-sinks.ts';

const folder = 'test/fixtures/histories';
const recorded = readdirSync(folder).filter((name) => name.endsWith('.json'));
let workflowBundle: WorkflowBundleOption;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(process.cwd(), 'workflows/index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
});

const sinks = createRunSinks({ ended: () => {}, hadTurn: () => {} });
const replay = (text: string) =>
  Worker.runReplayHistory({ workflowBundle, sinks }, JSON.parse(text), 'run/default/replayed');

describe('the workflows of today', () => {
  it.each(recorded)('go the way that %s went', async (name) => {
    await expect(replay(readFileSync(join(folder, name), 'utf8'))).resolves.toBeUndefined();
  });

  it('do not go another way unnoticed', async () => {
    const text = readFileSync(join(folder, 'build-and-release.released.json'), 'utf8');
    const other = text.replaceAll('"name": "pushImage"', '"name": "anotherStep"');
    expect(other).not.toBe(text);
    await expect(replay(other)).rejects.toThrow(/Nondeterminism|TMPRL1100/);
  });
});
