import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keepLog } from '../../../src/logs/keep-log.ts';
import type { StoredBuild } from '../../../src/logs/log-store.ts';
import { createS3LogStore } from '../../../src/logs/s3-log-store.ts';
import { redactPieces } from '../../../src/secrets/redact.ts';
import { type S3Server, startS3Server } from '../../support/s3-server.ts';

let server: S3Server;
let folder: string;
const signal = new AbortController().signal;
const build: StoredBuild = {
  namespace: 'default',
  run: 'api-001',
  execution: '01a20633-0d34-7c13-9dab-059a836d2bb0',
  ordinal: 1,
};

const open = (below = '/of-builds', key: string | undefined = server.key) =>
  createS3LogStore({ url: `${server.url}${below}`, region: 'us-east-1', readKey: async () => key });
const read = async (found: AsyncIterable<Uint8Array> | null) => found && text(found);

beforeAll(async () => {
  [server, folder] = await Promise.all([startS3Server(), mkdtemp(join(tmpdir(), 'slipway-logs-'))]);
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a store of logs', () => {
  it('gives back what was kept last, and nothing of another build', async () => {
    const store = open();
    await store.put(build, new Blob(['first']), signal);
    await store.put(build, new Blob(['zweite Ausgabe: ü\n']), signal);

    expect(await read(await store.get(build, signal))).toBe('zweite Ausgabe: ü\n');
    expect(await store.get({ ...build, ordinal: 2 }, signal)).toBeNull();
    expect(await open('').get(build, signal)).toBeNull();
  });

  it('keeps the file of a log without secrets, also where one lies across two pieces of it', async () => {
    const file = join(folder, 'log');
    const line = `${'x'.repeat(99)}\n`;
    const before = line.repeat(2621); // the pieces are of 256 KiB
    const secret = 'a-secret-of-more-than-fifty-characters-to-lie-across-it';
    await writeFile(file, `${before}${'y'.repeat(20)}${secret} ü\n`);
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };

    await keepLog(open(), { ...build, ordinal: 3 }, file, async () => redactPieces([secret]), logger);

    expect(await read(await open().get({ ...build, ordinal: 3 }, signal))).toBe(`${before}${'y'.repeat(20)}*** ü\n`);
    await keepLog(open('', 'id:wrong'), build, file, async () => redactPieces([]), logger);
    expect(warnings).toEqual(['log of a build not kept']);
    expect(await readdir(folder)).toEqual(['log']);
  });

  it('keeps the first 64 MiB of a longer log', async () => {
    const file = join(folder, 'long');
    await writeFile(file, '');
    await truncate(file, 65 * 1024 * 1024);
    const sizes: number[] = [];
    const store = { ...open(), put: async (_: StoredBuild, log: Blob) => void sizes.push(log.size) };

    await keepLog(store, build, file, async () => redactPieces(['a-secret']), { warn: expect.unreachable });

    expect(sizes).toEqual([64 * 1024 * 1024]);
  });

  it('says which secret to look at', async () => {
    const wrong = open('', 'id-of-test:wrong').put(build, new Blob(['']), signal);
    await expect(wrong).rejects.toMatchObject({
      type: 'AccessDenied',
      message: expect.stringMatching(/log-store-key/),
    });
    for (const key of ['', 'no colon'])
      await expect(open('', key).get(build, signal)).rejects.toMatchObject({ type: 'SecretMissing' });
  });

  it('is cleaned of old logs, and of nothing else', async () => {
    const store = open('/cleaned');
    const [accessKeyId = '', secretAccessKey = ''] = server.key.split(':');
    const client = new AwsClient({ accessKeyId, secretAccessKey, region: 'us-east-1', service: 's3' });
    const foreign = `${server.url}/cleaned/default/notes.txt`;
    await client.fetch(foreign, { method: 'PUT', body: 'not a log' });
    await store.put(build, new Blob(['one']), signal);
    await store.put({ ...build, ordinal: 2 }, new Blob(['two']), signal);
    const later = new Date(Date.now() + 3600_000);

    expect(await store.olderThan(new Date(Date.now() - 3600_000), signal)).toEqual([]);
    const old = await store.olderThan(later, signal);
    expect(old.map(({ name }) => name)).toEqual([
      `default/api-001/${build.execution}-1.log`,
      `default/api-001/${build.execution}-2.log`,
    ]);
    for (const log of old) await store.remove(log, signal);

    expect(await store.olderThan(later, signal)).toEqual([]);
    expect((await client.fetch(foreign)).status).toBe(200);
  });

  it('is listed to the last page, and tells where its bucket is missing', async () => {
    const entry = (ordinal: number) =>
      `<Contents><Key>default/api-001/${build.execution}-${ordinal}.log</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;
    const http = createServer(({ url = '', method }, response) => {
      if (method === 'PUT') return void response.writeHead(404).end();
      const isLast = new URL(url, 'http://x').searchParams.get('continuation-token') === 'a&b';
      response.end(
        `<List>${isLast ? entry(2) : `${entry(1)}<NextContinuationToken>a&amp;b</NextContinuationToken>`}</List>`,
      );
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    const { port } = http.address() as AddressInfo;
    const place = { url: `http://127.0.0.1:${port}/logs`, region: 'us-east-1' };
    const store = createS3LogStore({ ...place, readKey: async () => 'id:secret' });

    expect(await store.olderThan(new Date(), signal)).toHaveLength(2);
    const message = expect.stringMatching(/^There is no bucket logs/);
    await expect(store.put(build, new Blob(['x']), signal)).rejects.toMatchObject({ message });
  });
});
