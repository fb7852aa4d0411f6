import { Router } from 'express';
import type { SecretOwners } from '../secrets/secret-source.ts';
import { readToken } from './api-token.ts';
import type { Inbox } from './inbox.ts';
import type { Refuse } from './limit-failures.ts';

/** `GET /<provider>/<id>`: what became of a delivery. */
export function deliveryRoute({
  inbox,
  secrets,
  refuse,
}: {
  readonly inbox: Inbox;
  readonly secrets: SecretOwners;
  readonly refuse: Refuse;
}): Router {
  const router = Router();
  router.get('/:provider/:id', async (request, response) => {
    const owner = await readToken(request, secrets);
    if (owner === undefined) {
      response.set('www-authenticate', 'Bearer');
      return refuse(request, response);
    }
    const { provider, id } = request.params;
    const found = await inbox.find(`${provider}/${id}`);
    const visible = found && (owner.namespace === null ? found : onlyOf(found, owner.namespace));
    if (visible === null) response.status(404).json({ error: 'no such delivery' });
    else response.json(visible);
  });
  return router;
}

type Found = NonNullable<Awaited<ReturnType<Inbox['find']>>>;

/** What a namespace may see: its own components; nothing where there are none, for the push may be to somebody else's repository. */
function onlyOf(found: Found, namespace: string): Found | null {
  const verdicts = found.verdicts?.filter(({ component }) => component.startsWith(`${namespace}/`)) ?? [];
  return verdicts.length === 0 ? null : { ...found, verdicts, omitted: 0, notes: [] };
}
