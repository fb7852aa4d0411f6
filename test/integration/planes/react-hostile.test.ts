import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience, sourceToken } from '../../support/build-world.ts';
import { type FrontendWorld, startFrontendWorld } from '../../support/frontend/frontend-world.ts';

let world: FrontendWorld;
let app: Readonly<Record<string, string>>;
beforeAll(async () => {
  world = await startFrontendWorld();
  app = await world.appFiles('react-npm');
}, 300_000);
afterAll(() => world?.close());

/** The app with these scripts in its package.json. */
const withScripts = (scripts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...app,
  'package.json': JSON.stringify({ ...JSON.parse(app['package.json'] ?? ''), scripts }),
});

describe('a hostile React application', () => {
  it('sees no credential, by build command, output folder and package scripts', { timeout: 300_000 }, async () => {
    const look = [
      'env; cat /slipway/* /tmp/* 2>/dev/null || true',
      'cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr "\\0" "\\n" || true',
      'find / -xdev \\( -name "cred*.json" -o -name "config.json" -o -name ".git*" -o -name "*.netrc" \\) | head -n 50',
    ].join('; ');
    const files = withScripts({ preinstall: look, build: 'tiny-bundle' });
    const plan = { buildCommand: `${look}\nnpm run build -- '$(env)'`, outputDir: '$(env)' };
    const request = await world.requestForApp(files, plan, {}, world.privateSources);
    const secret = 'a-registry-password-that-must-stay-secret';
    const authorization = `Basic ${Buffer.from(`x-access-token:${sourceToken}`).toString('base64')}`;

    const outcome = await world
      .planeWith({
        storageDriver: 'overlay',
        sourceAuthorization: async () => authorization,
        registryAuth: async () => JSON.stringify({ auths: { 'other.example': { auth: secret } } }),
      })
      .build(request, patience());

    const log = await world.logOf(request);
    expect(outcome.kind, log).toBe('built');
    expect(log.match(/^npm_config_registry=/gm)?.length).toBeGreaterThan(1);
    for (const text of [secret, sourceToken, authorization.slice('Basic '.length)]) expect(log).not.toContain(text);
  });

  it('runs its build command byte by byte, inside the build', { timeout: 300_000 }, async () => {
    const buildCommand = `npm run build
printf '%s\\n' "$(echo a)" \`echo b\` 'c"d' "e'f" \\$HOME "\${HOME}" > build/said
[ -d build ] && cat > build/more <<'END'
RUN $(touch /escaped) && FROM scratch
END
cat build/said build/more; ls -d /escaped || echo "nothing escaped"`;
    const request = await world.requestForApp(app, { buildCommand });

    const outcome = await world.planeWith({ storageDriver: 'overlay' }).build(request, patience());

    const log = await world.logOf(request);
    expect(outcome.kind, log).toBe('built');
    expect(log).toContain(`a\nb\nc"d\ne'f\n$HOME\n/root\nRUN $(touch /escaped) && FROM scratch\n`);
    expect(log).toContain('nothing escaped');
  });

  it('leaves nothing in the downloads of other images', { timeout: 300_000 }, async () => {
    const plane = world.planeWith({ storageDriver: 'overlay' });
    const plant = 'mkdir -p ~/.npm; ls ~/.npm; touch ~/.npm/planted';
    const files = withScripts({ preinstall: plant, build: 'tiny-bundle' });
    const first = await world.requestForApp(files);
    const own = { ...first, id: { ...first.id, ordinal: 2 } };
    const other = await world.requestForApp(files);

    for (const request of [first, own, other])
      expect(await plane.build(request, patience())).toMatchObject({ kind: 'built' });

    const planted = await Promise.all(
      [first, own, other].map(async (request) => /^planted$/m.test(await world.logOf(request))),
    );
    expect(planted).toEqual([false, true, false]);
  });
});
