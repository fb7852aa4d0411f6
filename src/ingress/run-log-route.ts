import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { SecretOwners } from '../secrets/secret-source.ts';
import { readToken } from './api-token.ts';
import type { Refuse } from './limit-failures.ts';

/** The kept logs of a run's builds, one after the other, or of one of them; null where there is no such run or nothing is kept of it. */
export type ReadRunLogs = (
  namespace: string,
  name: string,
  build: number | null,
) => Promise<AsyncIterable<Uint8Array | string> | null>;

/** `GET /<namespace>/<name>/logs`, `?build=2` for one build: what a run's builds printed. */
export function runLogRoute({
  readRunLogs,
  secrets,
  refuse,
}: {
  readonly readRunLogs: ReadRunLogs | null;
  readonly secrets: SecretOwners;
  readonly refuse: Refuse;
}): Router {
  const router = Router();
  router.get('/:namespace/:name/logs', async (request, response) => {
    const owner = await readToken(request, secrets);
    if (owner === undefined) {
      response.set('www-authenticate', 'Bearer');
      return refuse(request, response);
    }
    const { namespace, name } = request.params;
    const build = Number(request.query['build'] ?? 0);
    const visible = owner.namespace === null || owner.namespace === namespace;
    const logs = visible && Number.isInteger(build) ? await readRunLogs?.(namespace, name, build || null) : null;
    if (!logs) {
      response.status(404).json({ error: 'no log is kept of such a run' });
      return;
    }
    response.set({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
    // Whoever reads it may have enough.
    await pipeline(logs, response).catch(() => response.destroy());
  });
  return router;
}
