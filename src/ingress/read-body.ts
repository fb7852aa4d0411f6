import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** GitHub sends no more than this; the other providers less. */
const MAXIMUM_BYTES = 25 * 2 ** 20;
/** Of bodies that are being read at the same moment, before anybody knows who sent them. */
const MAXIMUM_BYTES_AT_ONCE = 64 * 2 ** 20;
const MAXIMUM_AT_ONCE = 500;

interface Reading {
  bytes: number;
  giveUp(): void;
}

/** Why a body is not read at all, as an HTTP status: 415 for what is no JSON, 413 for what is said to be too large; undefined where nothing speaks against it. */
export function bodyProblem(headers: IncomingHttpHeaders): 413 | 415 | undefined {
  const {
    'content-type': type = '',
    'content-encoding': encoding = 'identity',
    'content-length': told = '0',
  } = headers;
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type) || encoding !== 'identity') return 415;
  return Number(told) <= MAXIMUM_BYTES ? undefined : 413;
}

/** Reads a whole body. Rejects with a `status`: 413 for one that is too large, 503 for one that was given up for others, 400 for one that ended early. */
export type ReadBody = (request: IncomingMessage) => Promise<Buffer>;

/**
 * What arrived counts, not what was announced, and nobody is turned away because others are slow: when bodies come to more than
 * memory allows, the largest is given up; when they are too many, the one that has taken longest. An honest sender's is read within
 * milliseconds and hardly ever either.
 */
export function createReadBody({ bytesAtOnce = MAXIMUM_BYTES_AT_ONCE, atOnce = MAXIMUM_AT_ONCE } = {}): ReadBody {
  const readings = new Set<Reading>();
  let bytesNow = 0;

  function makeRoom(): void {
    while (bytesNow > bytesAtOnce) [...readings].reduce((a, b) => (b.bytes > a.bytes ? b : a)).giveUp();
    if (readings.size > atOnce) readings.values().next().value?.giveUp();
  }

  return (request) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const end = () => {
        if (!readings.delete(reading)) return false;
        bytesNow -= reading.bytes;
        request.off('data', take);
        // What still comes is let go.
        request.resume();
        return true;
      };
      const fail = (status: number) => {
        if (end()) reject({ status });
      };
      const reading: Reading = { bytes: 0, giveUp: () => fail(503) };
      const take = (chunk: Buffer) => {
        chunks.push(chunk);
        reading.bytes += chunk.length;
        bytesNow += chunk.length;
        if (reading.bytes > MAXIMUM_BYTES) fail(413);
        else makeRoom();
      };
      readings.add(reading);
      request.on('data', take);
      request.once('end', () => {
        if (end()) resolve(Buffer.concat(chunks));
      });
      request.once('error', () => fail(400));
      request.once('close', () => fail(400));
      makeRoom();
    });
}
