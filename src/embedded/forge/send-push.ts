import { createHmac, randomUUID } from 'node:crypto';
import type { PushEvent } from './push-events.ts';
import { pushPayload } from './push-payload.ts';
import { repositoryFolder } from './repositories.ts';

export interface PushWebhook {
  /** The forge's folder and address. */
  readonly folder: string;
  readonly forgeUrl: string;
  /** Where it is told. */
  readonly address: string;
  readonly secret: string;
}

/** Tells of a push as GitHub does, signed, and gives status and text of the answer. Rejects where nobody answers within ten seconds. */
export async function sendPush(
  { folder, forgeUrl, address, secret }: PushWebhook,
  event: PushEvent,
): Promise<{ readonly status: number; readonly text: string }> {
  const payload = await pushPayload(
    repositoryFolder(folder, event.repository),
    `${forgeUrl}/${event.repository}`,
    event,
  );
  const body = JSON.stringify(payload);
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/embedded',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}
