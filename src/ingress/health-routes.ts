import { Router } from 'express';
import type { Inbox } from './inbox.ts';

/** So long an answer of the inbox counts. */
const FRESH_MS = 2_000;

/** `/healthz`: this process runs. `/readyz`: and deliveries can be taken in. */
export function healthRoutes(inbox: Inbox, isStopping: () => boolean, now: () => number): Router {
  let asked = Number.NEGATIVE_INFINITY;
  let reachable: Promise<boolean> = Promise.resolve(false);
  const isReachable = (): Promise<boolean> => {
    if (now() - asked >= FRESH_MS) {
      asked = now();
      reachable = inbox.check().then(
        () => true,
        () => false,
      );
    }
    return reachable;
  };
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ ok: true }));
  router.get('/readyz', async (_request, response) => {
    if (isStopping()) response.status(503).json({ error: 'stopping' });
    else if (await isReachable()) response.json({ ok: true });
    else response.status(503).json({ error: 'Temporal is away' });
  });
  return router;
}
