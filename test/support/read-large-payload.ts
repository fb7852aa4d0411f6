import { providerNames } from '../../src/webhooks/delivery.ts';
import { PayloadError } from '../../src/webhooks/payload-error.ts';
import { providers, readDelivery } from '../../src/webhooks/read-delivery.ts';
import { pushEvents } from './payloads.ts';

const size = 25 * 2 ** 20;
/** Nearly as many values as are read at all. */
const many = 900_000;

/** A body of 25 MiB that repeats a piece between a beginning and an end, as often as it fits or as is said; the rest is blanks. */
function repeat(head: string, piece: string, tail: string, times = Number.POSITIVE_INFINITY): Buffer {
  const body = Buffer.alloc(size, ' ');
  const from = body.write(head);
  const to = Math.min(times, Math.floor((size - from - tail.length) / piece.length)) * piece.length + from;
  body.fill(piece, from, to);
  body.write(tail, to);
  return body;
}

function manyKeys(): Buffer {
  const body = Buffer.alloc(size, ' ');
  let at = body.write('{');
  for (let key = 0; key < many; key += 1) at += body.write(`"${key}":1,`, at);
  body.write('"":1}', at);
  return body;
}

/** What is made to be hard to read, each as large as a body may be. */
const bodies: Readonly<Record<string, () => Buffer>> = {
  brackets: () => repeat('', '[', ''),
  'lists in lists': () => repeat('['.repeat(many), ']', '', many),
  'empty commits': () => repeat('{"ref":"refs/heads/main","commits":[', '{},', '{}]}', many / 2),
  'empty branches': () => repeat('{"push":{"changes":[', '{},', '{}]}}', many / 2),
  'paths that are none': () => repeat('{"ref":"refs/heads/main","commits":[{"added":[', '1,', '1]}]}', many),
  'long paths': () => repeat('{"ref":"refs/heads/main","commits":[{"added":[', `"${'x'.repeat(26)}",`, '""]}]}'),
  keys: manyKeys,
  'a message': () => repeat('{"ref":"refs/heads/main","commits":[{"message":"', 'skip ci ', '"}]}'),
  escapes: () => repeat('{"ref":"', '\\u005b', '"}'),
  blanks: () => repeat('', ' ', '{}'),
};

/** Reads a large body as a delivery of each provider and says what that took: `node read-large-payload.ts NAME`. */
function readLargePayload([name = '']: readonly string[]): void {
  const body = bodies[name]?.() ?? Buffer.alloc(0);
  const before = process.resourceUsage().maxRSS;
  const readings = providerNames.map((provider) => {
    const began = process.cpuUsage();
    let error = '';
    try {
      readDelivery(provider, { [providers[provider].eventHeader]: pushEvents[provider] }, body);
    } catch (thrown) {
      error = thrown instanceof PayloadError ? 'PayloadError' : String(thrown);
    }
    const { user, system } = process.cpuUsage(began);
    return { provider, error, cpuMs: (user + system) / 1000 };
  });
  const peakMiB = (process.resourceUsage().maxRSS - before) / 1024;
  process.stdout.write(JSON.stringify({ readings, peakMiB }));
}

readLargePayload(process.argv.slice(2));
