import { createHash } from 'node:crypto';
import { type Request, Router } from 'express';
import type { Logger } from '../logger.ts';
import type { SecretOwners } from '../secrets/secret-source.ts';
import { deliveryId } from '../webhooks/accepted-delivery.ts';
import { authenticate, isSigned, type WebhookSecret } from '../webhooks/authenticate.ts';
import { type Headers, type ProviderName, providerNames } from '../webhooks/delivery.ts';
import { PayloadError } from '../webhooks/payload-error.ts';
import { providers, readDelivery } from '../webhooks/read-delivery.ts';
import type { Inbox } from './inbox.ts';
import type { Refuse } from './limit-failures.ts';
import type { Metrics } from './metrics.ts';
import { bodyProblem, createReadBody } from './read-body.ts';

export interface WebhookDeps {
  readonly inbox: Inbox;
  readonly secrets: SecretOwners;
  readonly logger: Logger;
  readonly hookUuid: boolean;
  readonly metrics: Metrics;
  readonly refuse: Refuse;
  readonly now: () => number;
}

/** `POST /<provider>`: verifies, reads, and puts a push into the inbox; nothing else happens while the provider waits. */
export function webhookRoute(deps: WebhookDeps): Router {
  const { inbox, logger, metrics, refuse, now, hookUuid } = deps;
  const findSecrets = createFindSecrets(deps.secrets, now);
  const router = Router();
  const readBody = createReadBody();
  for (const provider of providerNames) {
    router.post(`/${provider}`, async (request, response) => {
      const told = (answer: string, fields: object = {}) => {
        metrics.delivery(provider, answer);
        Object.assign(response.locals, { answer, ...fields });
      };
      const receivedAt = now();
      const problem = bodyProblem(request.headers);
      if (problem !== undefined) throw { status: problem };
      const headers = headersOf(request);
      const secrets = await findSecrets(provider);
      const refuseSender = () => {
        told(secrets.length === 0 ? 'no-secret' : 'signature');
        return refuse(request, response);
      };
      // Where there is nothing to compare, not a byte is read.
      if (secrets.length === 0 || !isSigned(provider, headers, { hookUuid })) return refuseSender();
      const body = await readBody(request);
      const known = authenticate(provider, { headers, body, receivedAt }, secrets, { hookUuid });
      if (known === undefined) return refuseSender();
      if (known.warning !== null) logger.warn(known.warning);
      let delivery: ReturnType<typeof readDelivery>;
      try {
        delivery = readDelivery(provider, headers, body);
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        told('payload');
        response.status(400).json({ error: error.message });
        return;
      }
      const id = deliveryId(delivery);
      if (delivery.ignored !== null) {
        told('ignored', { delivery: id, ignored: delivery.ignored });
        response.json({ delivery: id, ignored: delivery.ignored });
        return;
      }
      const accepted = { push: delivery, scope: known.scope, receivedAt: new Date(receivedAt).toISOString() };
      const start = await inbox.accept(accepted, createHash('sha256').update(body).digest('hex'));
      told(start, { delivery: id, repository: delivery.urls[0] });
      if (start === 'other-body') {
        response.status(409).json({ delivery: id, error: 'another body was delivered under this id before' });
        return;
      }
      response.status(202).location(`/api/v1/deliveries/${id}`).json({ delivery: id });
    });
    router.all(`/${provider}`, (_request, response) => {
      response.status(405).set('allow', 'POST').json({ error: 'only POST' });
    });
  }
  return router;
}

/** How long secrets count as read: files of a hundred namespaces need not be opened for each of a hundred requests a second. */
const FRESH_MS = 2_000;

/** Finds the secrets that a provider may sign with, those of a rotation included. */
function createFindSecrets(
  secrets: SecretOwners,
  now: () => number,
): (provider: ProviderName) => Promise<readonly WebhookSecret[]> {
  const read = new Map<ProviderName, { readonly at: number; readonly found: Promise<readonly WebhookSecret[]> }>();
  return (provider) => {
    const last = read.get(provider);
    if (last !== undefined && now() - last.at < FRESH_MS) return last.found;
    const { secretKey } = providers[provider];
    const found = Promise.all([secrets.all(secretKey), secrets.all(`${secretKey}-2`)]).then((lists) => lists.flat());
    read.set(provider, { at: now(), found });
    found.catch(() => read.delete(provider));
    return found;
  };
}

function headersOf({ headers }: Request): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
