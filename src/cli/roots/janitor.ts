import { janitor } from '../janitor.ts';
import { streamOut } from '../out.ts';
import { settings } from './run.ts';

/** Cleans up now, with the Temporal of this shell. */
export async function runJanitor(args: readonly string[]): Promise<number> {
  const { env } = process;
  const deps = {
    async clean(dryRun: boolean) {
      const [{ cleanNow }, { connectClient }, { explainTrouble }] = await Promise.all([
        import('../../temporal/clean-now.ts'),
        import('../../temporal/connect.ts'),
        import('../../temporal/explain-trouble.ts'),
      ]);
      const place = await settings(env);
      const { client, connection } = await connectClient(place);
      try {
        return await cleanNow(client, dryRun);
      } catch (error) {
        throw explainTrouble(error, place);
      } finally {
        await connection.close();
      }
    },
  };
  return janitor(args, deps, { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) });
}
