import { ConfigError, loadConfig } from '../../config.ts';
import { openConnections, openSecrets } from '../../connections.ts';
import { Failure } from '../../failures.ts';
import { createMirrors } from '../../git/mirrors.ts';
import type { OpenRemote } from '../../git/remotes.ts';
import { createSourceRepositories } from '../../git/source-repositories.ts';
import type { Plan } from '../../runs/plan.ts';
import type { PlanTools } from '../run-plan-make.ts';
import { UsageError } from '../usage.ts';

/** What plans are made with in this shell, with the catalog of a folder where one is given. Throws `UsageError`. */
export function openPlanTools(environment: NodeJS.ProcessEnv, catalogFolder: string | undefined): PlanTools {
  const config = readConfig(environment, catalogFolder);
  const connections = openConnections(config, openSecrets(config, environment));
  const { catalog, planDefaults, findStored, openRemote, resolveImage } = connections;
  const { httpHosts } = config.git;
  return {
    catalog,
    planDefaults,
    findStored,
    hasCertificates: config.git.caFile !== undefined,
    httpHosts,
    forges: config.forges,
    look(plan) {
      const settings = { ...config.git, httpHosts: [...httpHosts, ...hostsOf(plan)] };
      return {
        openRemote: openToRead(openRemote, httpHosts),
        sources: createSourceRepositories(settings),
        openMirror: createMirrors(settings),
        resolveImage,
      };
    },
  };
}

/** The settings of this shell, with the catalog of a folder where one is given. Throws `UsageError`. */
export function readConfig(environment: NodeJS.ProcessEnv, catalogFolder: string | undefined) {
  const given = catalogFolder === undefined ? {} : { SLIPWAY_CATALOG: `directory:${catalogFolder}` };
  try {
    return loadConfig({ ...environment, ...given });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`These settings do not fit (--catalog DIR replaces SLIPWAY_CATALOG):\n${error.message}`);
  }
}

const hostsOf = ({ source, gitops }: Plan) => [source, gitops].map(({ repository }) => new URL(repository).host);

/** A plan only reads, so a token that is missing may not be needed; over plain http none is sent where no setting says so. */
function openToRead(openRemote: OpenRemote, httpHosts: readonly string[]): OpenRemote {
  return async (url, key, namespace, secretRef) => {
    const { protocol, host } = new URL(url);
    if (protocol === 'http:' && !httpHosts.includes(host)) return { url, authorization: undefined };
    try {
      return await openRemote(url, key, namespace, secretRef);
    } catch (error) {
      const isLacking = error instanceof Failure && ['NotAllowed', 'SecretMissing'].includes(error.type);
      if (!isLacking || key === 'git-token') throw error;
      return openRemote(url, 'git-token', namespace);
    }
  };
}
