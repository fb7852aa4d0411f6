import { describe, expect, it } from 'vitest';
import { frontendDockerfile } from '../../../../src/builds/react/dockerfile.ts';
import { needsSource } from '../../../../src/builds/react/needs-source.ts';

const packages = { manager: 'npm', installsManager: false, isLocked: true, sourceFirst: false } as const;
const plain = { packages, hasCertificates: false, hasRegistry: false, store: 'ab12' } as const;

describe('frontendDockerfile', () => {
  it('installs by the lock file before the source is there, builds, checks, and serves as an unprivileged user', () => {
    expect(frontendDockerfile(plain)).toBe(`ARG NODE_IMAGE
ARG NGINX_IMAGE
FROM $NODE_IMAGE AS build
ENV CI=true npm_config_update_notifier=false npm_config_fetch_retries=1 YARN_ENABLE_TELEMETRY=0
WORKDIR /app
COPY --from=slipway manifests/ ./
RUN --mount=type=cache,id=slipway-npm-ab12,target=/root/.npm npm ci --no-audit --no-fund
COPY . .
ARG APP_DIR=.
WORKDIR /app/$APP_DIR
COPY --from=slipway build-command collect output-dir /slipway/
RUN ["/bin/sh", "-e", "/slipway/build-command"]
RUN ["/bin/sh", "/slipway/collect"]

FROM $NGINX_IMAGE
COPY --from=slipway nginx.conf /etc/nginx/nginx.conf
COPY --from=build /out /srv/www
USER 101
ENTRYPOINT []
CMD ["nginx", "-g", "daemon off;"]
`);
  });

  it.each([
    ['npm', 'npm ci --no-audit', 'npm install --no-audit'],
    ['yarn-classic', 'yarn install --frozen-lockfile', 'yarn install --non-interactive'],
    ['yarn-berry', 'yarn install --immutable', 'yarn install --no-immutable'],
    ['pnpm', 'pnpm install --frozen-lockfile', 'pnpm install --no-frozen-lockfile'],
    ['bun', 'bun install --frozen-lockfile', 'bun install\n'],
  ] as const)('installs with %s, frozen exactly where there is a lock file', (manager, frozen, free) => {
    const locked = frontendDockerfile({ ...plain, packages: { ...packages, manager } });
    const unlocked = frontendDockerfile({ ...plain, packages: { ...packages, manager, isLocked: false } });

    expect(locked).toContain(frozen);
    expect(unlocked).toContain(free);
    expect(unlocked).not.toContain(frozen);
  });

  it('copies the source first where installing reads it', () => {
    const text = frontendDockerfile({ ...plain, packages: { ...packages, sourceFirst: true } });

    expect(text.indexOf('COPY . .')).toBeLessThan(text.indexOf('npm ci'));
    expect(text).not.toContain('manifests/');
  });

  it('tells the manager the package registry and the authorities in the build stage only', () => {
    const text = frontendDockerfile({
      ...plain,
      packages: { ...packages, manager: 'yarn-berry', installsManager: true },
      hasCertificates: true,
      hasRegistry: true,
    });
    const [, build = '', serve = ''] = text.split(/^FROM/m);

    expect(build).toContain('ENV npm_config_registry=$NPM_REGISTRY YARN_NPM_REGISTRY_SERVER=$NPM_REGISTRY');
    expect(build).toContain('ENV NODE_EXTRA_CA_CERTS=/slipway/ca.crt');
    expect(build).toContain('npm install --global --force --no-audit --no-fund "$PACKAGE_MANAGER"');
    expect(serve).not.toMatch(/slipway\/ca|NPM_REGISTRY/);
  });
});

describe('a Dockerfile whose source is not known', () => {
  it('has a comment where the packages are installed, and all the rest', () => {
    const text = frontendDockerfile({ ...plain, packages: null, hasRegistry: true });
    const left = frontendDockerfile({ ...plain, hasRegistry: true })
      .split('\n')
      .filter((line) => !text.split('\n').includes(line));

    expect(text).toMatch(
      /^# Here the source is copied and its packages installed, as package.json and lock file say\.$/m,
    );
    expect(left).toEqual([
      'COPY --from=slipway manifests/ ./',
      expect.stringContaining('npm ci --no-audit'),
      'COPY . .',
    ]);
  });
});

describe('needsSource', () => {
  it.each([
    [{ scripts: { build: 'vite build' }, dependencies: { react: '^18.0.0' } }, false],
    [{ scripts: { postinstall: 'node patch.js' } }, true],
    [{ scripts: { prepare: 'husky' } }, true],
    [{ devDependencies: { ui: 'file:../ui' } }, true],
    [{ dependencies: { ui: 'workspace:*' } }, false],
    [{ scripts: 'nonsense' }, false],
  ])('of %j is %s', (manifest, expected) => {
    expect(needsSource(JSON.stringify(manifest))).toBe(expected);
  });

  it('is not upset by what is no JSON', () => {
    expect(needsSource('{')).toBe(false);
  });
});
