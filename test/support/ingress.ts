import { createHmac } from 'node:crypto';
import type { ProviderName } from '../../src/webhooks/delivery.ts';

/** Headers with which a provider would send this body, signed with a secret. */
export function signedHeaders(
  provider: ProviderName,
  body: string | Uint8Array,
  { secret, id, event }: { readonly secret: string; readonly id: string; readonly event?: string },
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const json = { 'content-type': 'application/json' };
  switch (provider) {
    case 'github':
      return {
        ...json,
        'x-github-event': event ?? 'push',
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${signature}`,
      };
    case 'gitlab':
      return { ...json, 'x-gitlab-event': event ?? 'Push Hook', 'idempotency-key': id, 'x-gitlab-token': secret };
    case 'bitbucket':
      return {
        ...json,
        'x-event-key': event ?? 'repo:push',
        'x-request-uuid': `{${id}}`,
        'x-hub-signature': `sha256=${signature}`,
      };
    case 'gitea':
      return { ...json, 'x-gitea-event': event ?? 'push', 'x-gitea-delivery': id, 'x-gitea-signature': signature };
  }
}

/** Sends a delivery as the provider would. */
export async function sendDelivery(
  server: string,
  provider: ProviderName,
  payload: unknown,
  options: Parameters<typeof signedHeaders>[2],
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const body = JSON.stringify(payload);
  const response = await fetch(`${server}/api/v1/webhooks/${provider}`, {
    method: 'POST',
    headers: signedHeaders(provider, body, options),
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
