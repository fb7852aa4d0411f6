import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../../../src/embedded/progress.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { stopwatch } from '../../../src/embedded/tools/tool.ts';
import type { Cluster } from './cluster.ts';

const program = fileURLToPath(new URL('../../../deploy/builder/build.ts', import.meta.url));
const task = 'builder image';

/** Makes the builder image from this checkout and has it where pods find it at once; returns its reference for pods. */
export async function publishBuilder(cluster: Cluster, progress: Progress): Promise<string> {
  const layout = await mkdtemp(join(tmpdir(), 'slipway-builder-'));
  const seconds = stopwatch();
  try {
    progress({ task, state: 'working', text: 'making it, which takes minutes the first time' });
    // A process of its own: vitest's runner cannot resolve modules as the program does.
    await commandOutput(process.execPath, [program, '--output', layout], { environment: process.env });
    const reference = await cluster.publishImage({ layout }, 'slipway-builder:test');
    await cluster.pullAhead(reference);
    progress({ task, state: 'done', text: `ready in ${seconds()} s` });
    return reference;
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}
