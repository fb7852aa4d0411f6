import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ForgeHosts } from './forges/forge-hosts.ts';
import { NpmRegistry, officialImages, officialLifecycle } from './runs/build-arguments.ts';
import { Duration, OffOrDuration } from './runs/duration.ts';
import { builtInFlows, FlowTable } from './runs/flows.ts';
import { ImageReference } from './runs/image-names.ts';
import {
  BuildPlanesSetting,
  CatalogSetting,
  catalogForms,
  FrontendImagesSetting,
  KubeNames,
  Listen,
  LogStoreSetting,
  list,
  none,
  OffOrDays,
  pairs,
  SecretsSetting,
} from './setting-forms.ts';
import { HostAliases } from './webhooks/host-aliases.ts';

/** Where Jobs are when neither run template nor setting says it. */
export const defaultBuildNamespace = 'slipway-builds';

/** Which log lines are written. */
export const logLevel = z.enum(['debug', 'info', 'warn', 'error']).default('info');

const Env = z
  .object({
    SLIPWAY_CATALOG: CatalogSetting,
    SLIPWAY_CATALOG_MAX_AGE: Duration.prefault('3s'),
    SLIPWAY_SECRETS: SecretsSetting.default({ kind: 'environment' }),
    SLIPWAY_SECRET_NAMESPACES: KubeNames.default(none),
    SLIPWAY_CREDENTIAL_HOSTS: list.default(['github.com']),
    SLIPWAY_FORGES: list.pipe(ForgeHosts).default([]),
    SLIPWAY_FLOWS: list.pipe(FlowTable).default(builtInFlows),
    SLIPWAY_EXECUTOR: z.stringbool().default(false),
    SLIPWAY_HOST_ALIASES: list.pipe(HostAliases).default({}),
    SLIPWAY_CASELESS_HOSTS: list.default(none),
    SLIPWAY_HTTP_HOSTS: list.default(none),
    SLIPWAY_REGISTRY_HTTP_HOSTS: list.default(none),
    SLIPWAY_FILE_REPOSITORIES: z.stringbool().default(false),
    SLIPWAY_CA_FILE: z.string().optional(),
    SLIPWAY_CACHE_DIRECTORY: z.string().optional(),
    SLIPWAY_BUILD_DIRECTORY: z.string().optional(),
    SLIPWAY_BUILD_RECORD_MAX_AGE: Duration.default(24 * 3600),
    SLIPWAY_SWEEP_INTERVAL: OffOrDuration.prefault('10m'),
    SLIPWAY_KEEP_BRANCHES: OffOrDays.prefault('7d'),
    SLIPWAY_KEEP_CACHES: OffOrDays.prefault('14d'),
    SLIPWAY_KEEP_LOGS: OffOrDays.prefault('30d'),
    SLIPWAY_LOG_STORE: LogStoreSetting.optional(),
    SLIPWAY_LOG_STORE_REGION: z.string().default('us-east-1'),
    SLIPWAY_WORKER_VERSION: z
      .string()
      .regex(/^[\w.+-]{1,100}$/, 'must be letters, digits, and . _ + -')
      .optional(),
    SLIPWAY_MAX_BUILDS: z.coerce.number().int().min(1).max(1000).optional(),
    SLIPWAY_PLANE: z.enum(['local', 'kubernetes']).default('local'),
    SLIPWAY_BUILDKIT: z
      .url({ protocol: /^(unix|tcp)$/, error: 'must be unix://<path> or tcp://<host>:<port>' })
      .optional(),
    SLIPWAY_KUBECONFIG: z.string().optional(),
    SLIPWAY_BUILD_PLANES: BuildPlanesSetting.prefault(''),
    SLIPWAY_BUILD_NAMESPACE: z.string().default(defaultBuildNamespace),
    SLIPWAY_BUILDER_IMAGE: z.string().optional(),
    SLIPWAY_BUILD_PROFILE: z.enum(['buildkit', 'buildah']).default('buildkit'),
    SLIPWAY_USER_NAMESPACES: z.stringbool().default(false),
    SLIPWAY_JOB_TTL: Duration.default(60 * 60),
    SLIPWAY_BUILD_ADDRESSES: pairs.default([]),
    SLIPWAY_REGISTRY_MIRRORS: pairs.default([]),
    SLIPWAY_FRONTEND_IMAGES: FrontendImagesSetting.default(officialImages),
    SLIPWAY_NPM_REGISTRY: NpmRegistry.optional(),
    SLIPWAY_LIFECYCLE_IMAGE: ImageReference.default(officialLifecycle),
    SLIPWAY_TEMPORAL_UI: z.url({ protocol: /^https?$/ }).optional(),
    SLIPWAY_METRICS_LISTEN: Listen.optional(),
    SLIPWAY_SDK_METRICS_LISTEN: Listen.optional(),
    SLIPWAY_LOG_LEVEL: logLevel,
    XDG_CACHE_HOME: z.string().optional(),
    XDG_STATE_HOME: z.string().optional(),
  })
  .superRefine((env, context) => {
    const isLocal = env.SLIPWAY_PLANE === 'local';
    const tell = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (!isLocal && env.SLIPWAY_BUILDER_IMAGE === undefined)
      tell(
        'SLIPWAY_BUILDER_IMAGE',
        'is needed where SLIPWAY_PLANE is kubernetes: the image from deploy/builder, by its digest',
      );
    if (isLocal && [...env.SLIPWAY_BUILD_PLANES.values()].some((file) => file !== null))
      tell('SLIPWAY_BUILD_PLANES', 'may name clusters only where SLIPWAY_PLANE is kubernetes');
  })
  .transform((env) => ({
    catalog: env.SLIPWAY_CATALOG,
    /** How long what is known of a GitOps repository counts as current. */
    catalogMaxAgeMs: env.SLIPWAY_CATALOG_MAX_AGE * 1000,
    secrets: env.SLIPWAY_SECRETS,
    /** Namespaces that have Secrets of their own. */
    secretNamespaces: env.SLIPWAY_SECRET_NAMESPACES,
    /** Undefined: the cluster that this process runs in. */
    kubeconfig: env.SLIPWAY_KUBECONFIG,
    /** Hosts that the general tokens may be sent to. */
    credentialHosts: env.SLIPWAY_CREDENTIAL_HOSTS,
    /** Which kind of build each flow is. */
    flows: env.SLIPWAY_FLOWS,
    /** Takes the Argo Workflows that OpenChoreo makes for runs. */
    executor: env.SLIPWAY_EXECUTOR,
    /** Build planes that Projects may ask for by name: a kubeconfig file, or null for where builds run anyway. */
    buildPlanes: env.SLIPWAY_BUILD_PLANES,
    /** Which forge is where, beside the public ones. */
    forges: env.SLIPWAY_FORGES,
    /** When two URLs name the same repository. */
    repositoryHosts: {
      aliases: env.SLIPWAY_HOST_ALIASES,
      caseless: env.SLIPWAY_CASELESS_HOSTS.map((host) => host.toLowerCase()),
    },
    git: {
      folder: join(
        env.SLIPWAY_CACHE_DIRECTORY ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slipway'),
        'git',
      ),
      httpHosts: env.SLIPWAY_HTTP_HOSTS,
      allowFile: env.SLIPWAY_FILE_REPOSITORIES,
      caFile: env.SLIPWAY_CA_FILE,
    },
    registry: { httpHosts: env.SLIPWAY_REGISTRY_HTTP_HOSTS, caFile: env.SLIPWAY_CA_FILE },
    /** How often pushes are looked for whose webhook was lost, in seconds; null for never. */
    sweepSeconds: env.SLIPWAY_SWEEP_INTERVAL,
    /** How many days things are kept that nobody needs any more; null: for ever. */
    keep: {
      branchDays: env.SLIPWAY_KEEP_BRANCHES,
      cacheDays: env.SLIPWAY_KEEP_CACHES,
      logDays: env.SLIPWAY_KEEP_LOGS,
    },
    /** Where logs of builds are kept; null: nowhere. */
    logStore: env.SLIPWAY_LOG_STORE ? { url: env.SLIPWAY_LOG_STORE, region: env.SLIPWAY_LOG_STORE_REGION } : null,
    builds: {
      folder: buildDirectory(env),
      // A Job's worker only waits.
      atOnce: env.SLIPWAY_MAX_BUILDS ?? (env.SLIPWAY_PLANE === 'kubernetes' ? 50 : 2),
      recordMaxAgeMs: env.SLIPWAY_BUILD_RECORD_MAX_AGE * 1000,
      /** The machine that builds are bound to; null for Jobs, which every worker finds. */
      host: env.SLIPWAY_PLANE === 'kubernetes' ? null : hostname(),
      /** Where the BuildKit daemon of local builds listens; undefined: they use what this machine has. */
      buildkitd: env.SLIPWAY_BUILDKIT,
      lifecycleImage: env.SLIPWAY_LIFECYCLE_IMAGE,
      registryMirrors: Object.fromEntries(
        [...Map.groupBy(env.SLIPWAY_REGISTRY_MIRRORS, ([host]) => host)].map(([host, mirrors]) => [
          host,
          mirrors.map(([, mirror]) => mirror),
        ]),
      ),
    },
    frontend: { images: env.SLIPWAY_FRONTEND_IMAGES, npmRegistry: env.SLIPWAY_NPM_REGISTRY ?? null },
    /** Undefined where builds are processes of the worker's machine. */
    kubernetes:
      env.SLIPWAY_PLANE === 'kubernetes'
        ? {
            kubeconfig: env.SLIPWAY_KUBECONFIG,
            namespace: env.SLIPWAY_BUILD_NAMESPACE,
            image: env.SLIPWAY_BUILDER_IMAGE ?? '',
            profile: env.SLIPWAY_BUILD_PROFILE,
            userNamespaces: env.SLIPWAY_USER_NAMESPACES,
            ttlSeconds: env.SLIPWAY_JOB_TTL,
            addresses: new Map(env.SLIPWAY_BUILD_ADDRESSES),
          }
        : undefined,
    /** Undefined: any worker takes any run. */
    workerVersion: env.SLIPWAY_WORKER_VERSION,
    temporalUi: env.SLIPWAY_TEMPORAL_UI?.replace(/\/+$/, '') ?? null,
    /** Null: nobody is given any. */
    metrics: { listen: env.SLIPWAY_METRICS_LISTEN ?? null, sdkListen: env.SLIPWAY_SDK_METRICS_LISTEN ?? null },
    logLevel: env.SLIPWAY_LOG_LEVEL,
  }));

/** Where builds of this machine are, for those who need no other setting. An empty variable counts as unset. */
export function buildDirectory(env: BuildDirectorySettings): string {
  const state = env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return env.SLIPWAY_BUILD_DIRECTORY || join(state, 'slipway', 'builds');
}

interface BuildDirectorySettings {
  readonly SLIPWAY_BUILD_DIRECTORY?: string | undefined;
  readonly XDG_STATE_HOME?: string | undefined;
}

/** A worker's settings, from environment variables; the README has the table. */
export type Config = z.infer<typeof Env>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads every setting once and reports every mistake at once. An empty variable counts as unset. Throws `ConfigError`. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return loadSettings(Env, env);
}

/** Settings of a schema, read as all settings are. Throws `ConfigError`. */
export function loadSettings<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.infer<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message, code }) =>
    code === 'invalid_type' && env[String(path[0])] === undefined
      ? `${path.join('.')} is not set: where components and workflows are described, ${catalogForms}`
      : `${path.join('.')}: ${message}`,
  );
  throw new ConfigError(problems.join('\n'));
}
