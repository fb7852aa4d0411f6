import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../src/embedded/run-command.ts';
import { createLogger } from '../../src/logger.ts';
import { buildFiles } from '../../src/planes/local/build-folder.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let store: S3Server;
let server: RunningServer;
let stored: Readonly<Record<string, string>>;

beforeAll(async () => {
  [test, store] = await Promise.all([startTestWorld(), startS3Server()]);
  stored = { SLIPWAY_LOG_STORE: `${store.url}/slipway` };
  await writeFile(join(test.folder, 'secrets/log-store-key'), store.key);
  await writeFile(join(test.folder, 'secrets/api-token'), 'token-for-logs');
  const settings = { ...test.world.settings, ...stored, SLIPWAY_LISTEN: '127.0.0.1:0' };
  server = await startServer(loadServerConfig(settings), temporalSettings(settings), createLogger('error'));
  await test.startWorker(stored);
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([test?.stop(), store?.stop()]);
});

/** `slipway run logs` on another machine than the worker's. */
async function logs(settings: Readonly<Record<string, string>>) {
  const { TEMPORAL_ADDRESS = '', SLIPWAY_SECRETS = '' } = test.world.settings;
  const elsewhere = { SLIPWAY_BUILD_DIRECTORY: join(test.folder, 'nothing'), TEMPORAL_ADDRESS, SLIPWAY_SECRETS };
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...elsewhere, ...settings };
  return runCommand(process.execPath, ['src/cli.ts', 'run', 'logs', 'first'], { environment });
}

it('the log of a build outlives its worker: from the store, or from a server with a token', async () => {
  const run = await test.start('first', await test.world.commitChange('first change', 'fails'));
  await expect(run.result()).rejects.toThrow();
  const builds = join(test.folder, 'builds');
  const [folder = ''] = (await readdir(builds)).filter((name) => /^[0-9a-f]{24}$/.test(name));
  const log = await readFile(join(builds, folder, buildFiles.log), 'utf8');
  await rm(builds, { recursive: true, force: true });

  expect(await logs(stored)).toMatchObject({ code: 0, stdout: log });
  const asking = { SLIPWAY_SERVER: server.url, SLIPWAY_API_TOKEN: 'token-for-logs' };
  expect(await logs(asking)).toMatchObject({ code: 0, stdout: log });
  expect(await logs({ ...asking, SLIPWAY_API_TOKEN: 'wrong' })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not accept the token'),
  });
  expect(await logs({})).toMatchObject({ code: 1, stdout: '' });
});

it('the log of a cancelled build is kept, too', async () => {
  const run = await test.start('first', await test.world.commitChange('slow change'));
  await test.reach(run, 'buildImage');
  const begun = async () => (await readdir(join(test.folder, 'builds')).catch(() => [])).length > 0;
  await expect.poll(begun, { timeout: 60_000 }).toBe(true);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();

  expect(await logs(stored)).toMatchObject({ code: 0, stdout: expect.stringContaining('=== clone ===') });
});
