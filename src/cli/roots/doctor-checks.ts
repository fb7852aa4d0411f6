import { type Config, ConfigError, loadConfig } from '../../config.ts';
import { type Connections, openConnections, openSecrets } from '../../connections.ts';
import { checkBuilder } from '../../doctor/builder.ts';
import { checkBuildpacks } from '../../doctor/buildpacks.ts';
import type { Check, Verdict } from '../../doctor/check.ts';
import { machineChecks, planChecks } from '../../doctor/checks.ts';
import { checkCluster } from '../../doctor/cluster.ts';
import { checkClusterCatalog } from '../../doctor/cluster-catalog.ts';
import { checkClusterSecrets } from '../../doctor/cluster-secrets.ts';
import { checkSearchAttributes, checkTemporal } from '../../doctor/temporal.ts';
import { checkWorkers } from '../../doctor/workers.ts';
import { parseRepositoryUrl } from '../../forges/repository-url.ts';
import { askHead } from '../../git/ask-head.ts';
import { connectLazily } from '../../kubernetes/connect-lazily.ts';
import { openCluster } from '../../open-plane.ts';
import { detectEngine } from '../../planes/local/detect-engine.ts';
import { createDetectPhaseMachine } from '../../planes/local/phases/phase-machine.ts';
import { probePull, probePush } from '../../registry/probe-registry.ts';
import { createRegistryCall } from '../../registry/registry-call.ts';
import type { Plan } from '../../runs/plan.ts';
import { readRun } from '../../runs/read-run.ts';
import { resolvePlan } from '../../runs/resolve.ts';
import { createKnownSecrets, type KnownSecrets } from '../../secrets/known-secrets.ts';
import type { SecretOwners } from '../../secrets/secret-source.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../temporal/connect.ts';
import type { OpenedChecks } from '../doctor.ts';

/** The checks of this shell's settings and, where there is one, of a run; with what takes the secrets that they read out of texts. */
export async function openChecks(
  environment: NodeJS.ProcessEnv,
  run: { readonly text: string; readonly file: string } | null,
): Promise<OpenedChecks> {
  const known = createKnownSecrets();
  const settings = temporalSettings(environment);
  let connected: Promise<TemporalClient> | undefined;
  const connect = async () => {
    connected ??= connectClient(settings);
    return (await connected).connection;
  };
  const { namespace, connectionOptions } = settings;
  const access = { namespace, address: connectionOptions.address, connect };
  const temporal = [checkTemporal(access), checkSearchAttributes(access), checkWorkers(access)];
  return {
    checks: await allChecks(environment, run, known, temporal),
    redact: known.redact,
    async close() {
      await (await connected?.catch(() => undefined))?.connection.close();
    },
  };
}

async function allChecks(
  environment: NodeJS.ProcessEnv,
  run: { readonly text: string; readonly file: string } | null,
  known: KnownSecrets,
  temporal: readonly Check[],
): Promise<readonly Check[]> {
  try {
    const config = loadConfig(environment);
    const secrets = known.watch(openSecrets(config, environment));
    const connections = openConnections(config, secrets);
    const settings = verdict('settings', { state: 'ok', text: 'fit' });
    return [settings, ...temporal, ...clusterChecks(config, secrets), ...(await checksOf(run, config, connections))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fix = 'set them as the README says; what depends on them was not checked';
    return [verdict('settings', { state: 'fail', text: error.message, fix }), ...temporal];
  }
}

function clusterChecks(
  { catalog, secrets, secretNamespaces, kubeconfig }: Config,
  owners: SecretOwners,
): readonly Check[] {
  return [
    ...(catalog.kind === 'kubernetes' ? [checkClusterCatalog(connectLazily(kubeconfig), catalog.namespaces)] : []),
    ...(secrets.kind === 'kubernetes' ? [checkClusterSecrets(owners, secrets.namespace, secretNamespaces)] : []),
  ];
}

async function checksOf(
  run: { readonly text: string; readonly file: string } | null,
  config: Config,
  connections: Connections,
): Promise<readonly Check[]> {
  const planned = run && (await planOf(run, connections));
  const machine = machineChecks({
    connections,
    namespace: planned && 'plan' in planned ? planned.plan.namespace : 'default',
    builders: buildersOf(config),
    buildFolder: config.builds.folder,
    cacheFolder: config.git.folder,
  });
  if (planned === null) return machine;
  if ('error' in planned) return [...machine, { name: 'run', run: () => Promise.reject(planned.error) }];
  const { plan } = planned;
  const { namespace, image } = plan;
  const call = (signal: AbortSignal) =>
    createRegistryCall({ ...config.registry, registryAuth: connections.registryAuth }, namespace, signal);
  return [
    ...machine,
    verdict('run', { state: 'ok', text: `${namespace}/${plan.run} fits; its flow is ${plan.flow}` }),
    ...planChecks({
      connections,
      plan,
      parseUrl: (url) => parseRepositoryUrl(url, { httpHosts: config.git.httpHosts, forges: config.forges }),
      askHead: (remote, key, branch, signal) => askHead(remote, key, branch, config.git, signal),
      registry: {
        image: `${image.registry}/${image.name}`,
        pull: (signal) => probePull(call(signal), image, image.tag),
        push: (signal) => probePush(call(signal), image),
      },
    }),
  ];
}

function buildersOf({ kubernetes, builds, buildPlanes }: Config): readonly Check[] {
  if (kubernetes !== undefined) {
    const { namespace, kubeconfig } = kubernetes;
    const named = [...buildPlanes].flatMap(([name, file]) =>
      file === null ? [] : [checkCluster(namespace, () => openCluster(file), name)],
    );
    return [checkCluster(namespace, () => openCluster(kubeconfig)), ...named];
  }
  return [
    checkBuilder(() => detectEngine(process.env, builds.buildkitd), builds.buildkitd),
    checkBuildpacks(createDetectPhaseMachine(builds.folder, process.env)),
  ];
}

async function planOf(
  { text, file }: { readonly text: string; readonly file: string },
  { catalog, planDefaults }: Connections,
): Promise<{ readonly plan: Plan } | { readonly error: unknown }> {
  try {
    const run = readRun(text, file);
    return { plan: await resolvePlan({ run, catalog, workflowId: null, defaults: planDefaults }) };
  } catch (error) {
    return { error };
  }
}

function verdict(name: string, found: Verdict): Check {
  return { name, run: async () => found };
}
