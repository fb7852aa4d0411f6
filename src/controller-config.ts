import { z } from 'zod';
import { loadSettings, logLevel } from './config.ts';
import { Duration } from './runs/duration.ts';
import { builtInFlows, FlowTable } from './runs/flows.ts';
import { KubeNames, Listen, list, none } from './setting-forms.ts';

const ControllerEnv = z
  .object({
    SLIPWAY_KUBECONFIG: z.string().optional(),
    SLIPWAY_CONTROLLER_NAMESPACES: KubeNames.default(none),
    SLIPWAY_FLOWS: list.pipe(FlowTable).default(builtInFlows),
    SLIPWAY_INSTANCE_ID: z.string().optional(),
    SLIPWAY_SECRET_WAIT: Duration.default(2 * 60),
    SLIPWAY_METRICS_LISTEN: Listen.optional(),
    SLIPWAY_LOG_LEVEL: logLevel,
  })
  .transform((env) => ({
    kubeconfig: env.SLIPWAY_KUBECONFIG,
    /** Null: all. */
    namespaces: env.SLIPWAY_CONTROLLER_NAMESPACES.length > 0 ? env.SLIPWAY_CONTROLLER_NAMESPACES : null,
    flows: env.SLIPWAY_FLOWS,
    /** The instance id of the Argo Workflows that are executed; null: those without one. */
    instanceId: env.SLIPWAY_INSTANCE_ID ?? null,
    /** How long Secrets are waited for that a Workflow names. */
    secretWaitSeconds: env.SLIPWAY_SECRET_WAIT,
    /** Null: nobody is given any. */
    metricsListen: env.SLIPWAY_METRICS_LISTEN ?? null,
    logLevel: env.SLIPWAY_LOG_LEVEL,
  }));

/** A controller's settings. */
export type ControllerConfig = z.infer<typeof ControllerEnv>;

/** Reads them as `loadConfig` reads a worker's. Throws `ConfigError`. */
export function loadControllerConfig(env: NodeJS.ProcessEnv): ControllerConfig {
  return loadSettings(ControllerEnv, env);
}
