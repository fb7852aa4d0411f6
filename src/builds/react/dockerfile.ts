import type { PackageManagerName } from './package-manager.ts';
import type { Packages } from './packages.ts';

/** What a frontend's Dockerfile depends on. All that is the user's reaches the build as files or arguments, never as its text. */
export interface FrontendBuild {
  /** Null where the source is not known yet: then a comment stands for what it decides. */
  readonly packages: Packages | null;
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
  const { packages, hasCertificates, hasRegistry } = build;
  const { registry = [], environment = [] } = packages === null ? {} : installs[packages.manager];
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
          ...(packages?.manager === 'yarn-berry' ? ['ENV YARN_UNSAFE_HTTP_WHITELIST=*'] : []),
        ]
      : []),
    ...(hasCertificates
      ? ['COPY --from=slipway ca.crt /slipway/ca.crt', 'ENV NODE_EXTRA_CA_CERTS=/slipway/ca.crt']
      : []),
    ...(packages?.installsManager
      ? ['ARG PACKAGE_MANAGER', 'RUN npm install --global --force --no-audit --no-fund "$PACKAGE_MANAGER"']
      : []),
    'WORKDIR /app',
    ...(packages === null
      ? ['# Here the source is copied and its packages installed, as package.json and lock file say.']
      : installLines(packages, build.store)),
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

function installLines({ manager, isLocked, sourceFirst }: Packages, name: string): readonly string[] {
  const { frozen, free, store } = installs[manager];
  const copySource = 'COPY . .';
  const install = `RUN --mount=type=cache,id=slipway-${manager}-${name},target=${store} ${isLocked ? frozen : free}`;
  return sourceFirst ? [copySource, install] : ['COPY --from=slipway manifests/ ./', install, copySource];
}
