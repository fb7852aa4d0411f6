import type { PackageManagerName } from './package-manager.ts';

/** What a frontend's Dockerfile depends on. All that is the user's reaches the build as files or arguments, never as its text. */
export interface FrontendBuild {
  readonly manager: PackageManagerName;
  /** True where `PACKAGE_MANAGER` has to be installed first. */
  readonly installsManager: boolean;
  readonly isLocked: boolean;
  /** True where scripts of the manifests run at install, which may need any file: then the source is there before. */
  readonly sourceFirst: boolean;
  readonly hasCertificates: boolean;
  readonly hasRegistry: boolean;
  /** Name of the place for downloads that only builds of this image share: letters and digits. */
  readonly store: string;
}

interface Install {
  readonly frozen: string;
  readonly free: string;
  /** Folder of the manager's downloads, kept between builds. */
  readonly store: string;
  readonly registry: readonly string[];
  /** Further variables, `NAME=value`. */
  readonly environment?: readonly string[];
}

const installs: Readonly<Record<PackageManagerName, Install>> = {
  npm: {
    frozen: 'npm ci --no-audit --no-fund',
    free: 'npm install --no-audit --no-fund',
    store: '/root/.npm',
    registry: [],
  },
  'yarn-classic': {
    frozen: 'yarn install --frozen-lockfile --non-interactive',
    free: 'yarn install --non-interactive',
    store: '/usr/local/share/.cache/yarn',
    registry: ['YARN_REGISTRY'],
  },
  'yarn-berry': {
    frozen: 'yarn install --immutable',
    free: 'yarn install --no-immutable',
    store: '/root/.yarn/berry',
    registry: ['YARN_NPM_REGISTRY_SERVER'],
    // What Plug'n'Play loads must not stay in the store, which is gone after the install.
    environment: ['YARN_ENABLE_GLOBAL_CACHE=false'],
  },
  pnpm: {
    frozen: 'pnpm install --frozen-lockfile',
    free: 'pnpm install --no-frozen-lockfile',
    store: '/root/.local/share/pnpm/store',
    registry: [],
    // Else it makes one beside the application, on the same file system.
    environment: ['npm_config_store_dir=/root/.local/share/pnpm/store'],
  },
  bun: {
    frozen: 'bun install --frozen-lockfile',
    free: 'bun install',
    store: '/root/.bun/install/cache',
    registry: ['BUN_CONFIG_REGISTRY'],
  },
};

/**
 * The two-stage Dockerfile of a frontend. The context is the folder with the lock file; a second one, `slipway`, holds
 * `manifests/`, `build-command`, `collect`, `output-dir`, `nginx.conf` and, with certificates, `ca.crt`. Arguments: `NODE_IMAGE`,
 * `NGINX_IMAGE`, `APP_DIR`, `PACKAGE_MANAGER` and `NPM_REGISTRY` where there are such.
 */
export function frontendDockerfile(build: FrontendBuild): string {
  const { manager, installsManager, isLocked, sourceFirst, hasCertificates, hasRegistry } = build;
  const { frozen, free, store, registry, environment = [] } = installs[manager];
  const copySource = 'COPY . .';
  const lines = [
    'ARG NODE_IMAGE',
    'ARG NGINX_IMAGE',
    'FROM $NODE_IMAGE AS build',
    'ENV CI=true npm_config_update_notifier=false npm_config_fetch_retries=1 YARN_ENABLE_TELEMETRY=0',
    ...environment.map((variable) => `ENV ${variable}`),
    ...(hasRegistry
      ? [
          'ARG NPM_REGISTRY',
          `ENV ${['npm_config_registry', ...registry].map((name) => `${name}=$NPM_REGISTRY`).join(' ')}`,
          // Berry alone refuses plain http; which registry it may ask is the setting's affair.
          ...(manager === 'yarn-berry' ? ['ENV YARN_UNSAFE_HTTP_WHITELIST=*'] : []),
        ]
      : []),
    ...(hasCertificates
      ? ['COPY --from=slipway ca.crt /slipway/ca.crt', 'ENV NODE_EXTRA_CA_CERTS=/slipway/ca.crt']
      : []),
    ...(installsManager
      ? ['ARG PACKAGE_MANAGER', 'RUN npm install --global --force --no-audit --no-fund "$PACKAGE_MANAGER"']
      : []),
    'WORKDIR /app',
    ...(sourceFirst ? [copySource] : ['COPY --from=slipway manifests/ ./']),
    `RUN --mount=type=cache,id=slipway-${manager}-${build.store},target=${store} ${isLocked ? frozen : free}`,
    ...(sourceFirst ? [] : [copySource]),
    'ARG APP_DIR=.',
    'WORKDIR /app/$APP_DIR',
    'COPY --from=slipway build-command collect output-dir /slipway/',
    'RUN ["/bin/sh", "-e", "/slipway/build-command"]',
    'RUN ["/bin/sh", "/slipway/collect"]',
    '',
    'FROM $NGINX_IMAGE',
    'COPY --from=slipway nginx.conf /etc/nginx/nginx.conf',
    'COPY --from=build /out /srv/www',
    'USER 101',
    'ENTRYPOINT []',
    'CMD ["nginx", "-g", "daemon off;"]',
  ];
  return `${lines.join('\n')}\n`;
}
