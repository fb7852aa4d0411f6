import { createHash } from 'node:crypto';
import { bitbucket } from './bitbucket.ts';
import type { Delivery, Headers, ProviderName } from './delivery.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { PayloadError } from './payload-error.ts';
import type { Provider } from './provider.ts';

/** Every provider by its name. */
export const providers: Readonly<Record<ProviderName, Provider>> = { github, gitlab, bitbucket, gitea };

/** Reads a webhook call; verifies nothing. Throws `PayloadError` for what the provider does not send. */
export function readDelivery(name: ProviderName, headers: Headers, body: Uint8Array): Delivery {
  const provider = providers[name];
  const event = headers[provider.eventHeader];
  if (event === undefined || !/^[\w :.-]{1,100}$/.test(event)) {
    throw new PayloadError(`the header ${provider.eventHeader}, which names the event, is missing or odd`);
  }
  const head = { provider: name, event, id: deliveryId(provider, headers, body) };
  const content = provider.parse(event, parseJson(body));
  return 'ignored' in content ? { ...head, ...content } : { ...head, ignored: null, ...content };
}

/** As the provider gives it, without braces: it becomes part of a workflow's id and of addresses. */
function deliveryId({ idHeaders }: Provider, headers: Headers, body: Uint8Array): string {
  const given = idHeaders.map((name) => headers[name]?.replace(/^\{(.*)\}$/, '$1')).find((id) => id !== undefined);
  if (given !== undefined && /^[\w.:-]{1,100}$/.test(given)) return given;
  return `sha256-${createHash('sha256').update(body).digest('hex').slice(0, 40)}`;
}

/** No push holds as many; several millions would take seconds and a gigabyte. */
const MAX_VALUES = 1_000_000;

function parseJson(body: Uint8Array): unknown {
  if (body.length > MAX_VALUES && countValues(body) > MAX_VALUES) throw new PayloadError('the payload holds too much');
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new PayloadError('the payload is no JSON');
  }
}

/** At least how many values a text of JSON holds; commas and brackets in its strings count, too. */
function countValues(body: Uint8Array): number {
  let count = 0;
  // An iterator takes ten times as long.
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count += 1;
  }
  return count;
}
