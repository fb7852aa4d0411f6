import { z } from 'zod';
import { loadSettings, logLevel } from './config.ts';
import { KubeNames, Listen, LogStoreSetting, list, none, SecretsSetting } from './setting-forms.ts';

const ServerEnv = z
  .object({
    SLIPWAY_SECRETS: SecretsSetting.default({ kind: 'environment' }),
    SLIPWAY_SECRET_NAMESPACES: KubeNames.default(none),
    SLIPWAY_KUBECONFIG: z.string().optional(),
    SLIPWAY_LISTEN: Listen.default({ host: '0.0.0.0', port: 8080 }),
    SLIPWAY_METRICS_LISTEN: Listen.optional(),
    SLIPWAY_TRUSTED_PROXIES: list
      .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be a list of addresses or ranges')))
      .default(none),
    SLIPWAY_BITBUCKET_HOOK_UUID: z.stringbool().default(false),
    SLIPWAY_LOG_STORE: LogStoreSetting.optional(),
    SLIPWAY_LOG_STORE_REGION: z.string().default('us-east-1'),
    SLIPWAY_LOG_LEVEL: logLevel,
  })
  .transform((env) => ({
    secrets: env.SLIPWAY_SECRETS,
    /** Namespaces that have Secrets of their own. */
    secretNamespaces: env.SLIPWAY_SECRET_NAMESPACES,
    /** Undefined: the cluster that this process runs in. */
    kubeconfig: env.SLIPWAY_KUBECONFIG,
    listen: env.SLIPWAY_LISTEN,
    /** Null: nobody is given any. */
    metricsListen: env.SLIPWAY_METRICS_LISTEN ?? null,
    trustedProxies: env.SLIPWAY_TRUSTED_PROXIES,
    /** Accepts webhooks of Bitbucket by their UUID. */
    hookUuid: env.SLIPWAY_BITBUCKET_HOOK_UUID,
    /** Where logs of builds are kept; null: nowhere. */
    logStore: env.SLIPWAY_LOG_STORE ? { url: env.SLIPWAY_LOG_STORE, region: env.SLIPWAY_LOG_STORE_REGION } : null,
    logLevel: env.SLIPWAY_LOG_LEVEL,
  }));

/** A server's settings. */
export type ServerConfig = z.infer<typeof ServerEnv>;

/** Reads a server's settings, as `loadConfig` reads a worker's. Throws `ConfigError`. */
export function loadServerConfig(env: NodeJS.ProcessEnv): ServerConfig {
  return loadSettings(ServerEnv, env);
}
