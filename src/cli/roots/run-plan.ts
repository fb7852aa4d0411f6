import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { streamOut } from '../out.ts';
import { runPlan } from '../run-plan.ts';

/** Plans a run from a file on this machine. What takes long to load comes when it is used, so help does not wait. */
export async function runRunPlan(args: readonly string[]): Promise<number> {
  const { env } = process;
  const outs = { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) };
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    return await runPlan(
      args,
      {
        readFile: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
        async makePlan(request) {
          const [{ makePlan }, { openPlanTools }] = await Promise.all([
            import('../run-plan-make.ts'),
            import('./plan-tools.ts'),
          ]);
          return makePlan(request, openPlanTools(env, request.catalog), interrupted.signal);
        },
      },
      outs,
    );
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    throw error;
  }
}
