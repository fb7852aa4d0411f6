import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BuildPlane } from '../../src/planes/build-plane.ts';
import { detectEngine } from '../../src/planes/local/detect-engine.ts';
import { type BuildWorld, patience, sourceToken, startBuildWorld, textsBelow } from '../support/build-world.ts';
import { type BuildkitService, startBuildkitService } from '../support/buildkit-service.ts';

const credential = JSON.stringify({ auths: { 'registry.example': { auth: 'a-credential-that-must-stay-secret' } } });
const built = { kind: 'built', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) };

let world: BuildWorld;
let service: BuildkitService;
let plane: BuildPlane;
beforeAll(async () => {
  world = await startBuildWorld();
  service = await startBuildkitService(world.registry.host);
  plane = planeAt(service.address);
});
afterAll(async () => {
  await service?.stop();
  await world?.close();
});

function planeAt(buildkitd: string): BuildPlane {
  return world.planeWith({
    engine: 'buildkit',
    buildkitd,
    environment: { PATH: service.path },
    registryAuth: async () => credential,
  });
}

it('is found by its address, and nothing else is looked for then', async () => {
  const environment = { PATH: service.path };

  expect(await detectEngine(environment, service.address)).toEqual({
    kind: 'found',
    engine: 'buildkit',
    version: expect.stringContaining('buildkit'),
  });
  expect(await detectEngine(environment, 'unix:///nobody/listens')).toEqual({
    kind: 'none',
    tried: [{ engine: 'buildkit', problem: expect.stringContaining('/nobody/listens') }],
  });
});

it('builds without any credential, and our own step uploads the image', async () => {
  const request = await world.requestFor({
    Dockerfile: world.dockerfile('COPY app /app', 'RUN id -u && cat /app && env && ls -R /run || true'),
    app: 'hello\n',
  });

  const outcome = await plane.build(request, patience());

  expect(outcome).toEqual(built);
  const digest = outcome.kind === 'built' ? outcome.digest : '';
  const answer = await fetch(`${world.registry.url}/v2/${request.image.name}/manifests/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  expect(answer.status).toBe(200);
  const log = await world.logOf(request);
  expect(log).toContain('hello');
  const texts = [log, await readFile(service.logFile, 'utf8'), ...(await textsBelow(world.folderOf(request)))].join();
  expect(texts).not.toContain('must-stay-secret');
  expect(texts).not.toContain(sourceToken);
});

it('takes the layers of the builds before', async () => {
  const request = await world.requestFor({ Dockerfile: world.dockerfile('RUN echo slow && date') });

  const first = await plane.build(request, patience());
  const again = { ...request, id: { ...request.id, ordinal: 2 } };
  const second = await plane.build(again, patience());

  expect(second).toEqual(first);
  expect(await world.logOf(again)).toContain('CACHED');
});

it('stops a build that is cancelled', async () => {
  const request = await world.requestFor(world.sleeping(4711));
  const building = plane.build(request, patience());
  await world.runningGroup(request, 'RUN sleep 4711');

  await plane.cancel(request.id, request.job);

  expect(await building).toMatchObject({ kind: 'failed', type: 'BuildInfrastructure' });
  await expect.poll(async () => isSleeping(4711), { timeout: 60_000 }).toBe(false);
});

it('is a matter of infrastructure when it does not answer, and when it goes away', async () => {
  const request = await world.requestFor(world.sleeping(300));

  expect(await planeAt('unix:///nobody/listens').build(request, patience())).toMatchObject({
    type: 'BuildInfrastructure',
  });
  const again = { ...request, id: { ...request.id, ordinal: 2 } };
  const building = plane.build(again, patience());
  await world.runningGroup(again, 'RUN sleep 300');
  await service.kill();
  expect(await building).toMatchObject({ type: 'BuildInfrastructure' });
});

async function isSleeping(seconds: number): Promise<boolean> {
  for (const pid of await readdir('/proc')) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line === `sleep\0${seconds}\0`) return true;
  }
  return false;
}
