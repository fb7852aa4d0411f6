import { Failure } from '../failures.ts';
import { KubeStatus } from './kube-status.ts';

/** One thing asked of the API server, in the words of its access rules. */
export interface KubeAction {
  readonly verb: 'create' | 'get' | 'list' | 'watch' | 'patch' | 'delete';
  /** In plural, such as `jobs` and `pods/log`. */
  readonly resource: string;
  /** Undefined: of all namespaces. */
  readonly namespace?: string | undefined;
}

const longestText = 800;

/** What an answer that is no success means, in the server's own words. */
export function kubeFailure(action: KubeAction, status: number, body: string, retryAfterMs?: number): Failure {
  const { message } = parseStatus(body);
  const said = (message === '' ? `status ${status}` : message.slice(0, longestText)).replace(/[^.]$/, '$&.');
  const what = describeAction(action);
  if (status === 401) {
    const text = `The Kubernetes API server did not accept our credentials: we may not ${what}. Check the worker's service account, or the file that SLIPWAY_KUBECONFIG names.`;
    return new Failure('AccessDenied', text);
  }
  // Quota is waited for like a node: it is free again when something else ends.
  if (/exceeded quota/.test(message)) return new Failure('Unavailable', `waiting for quota: ${said}`);
  if (/denied the request|violates PodSecurity|exceeds|maximum \w+ usage/.test(message)) {
    return new Failure('PolicyRejected', `A rule of the cluster refused to ${what}: ${said}`);
  }
  if (status === 403 && /being terminated/.test(message)) {
    return new Failure('PolicyRejected', `${said} Make the namespace again, or build in another one.`);
  }
  if (status === 403) {
    const text = `The cluster does not allow us to ${what}: ${said} Give the worker's account this right there; deploy/rbac has the Role.`;
    return new Failure('AccessDenied', text);
  }
  if (status === 404 && action.verb === 'create') {
    const advice =
      action.resource === 'jobs'
        ? "Make it with deploy/rbac, or change metadata.namespace in the ComponentWorkflow's run template."
        : 'Make it.';
    return new Failure('ManifestInvalid', `The namespace ${action.namespace} is not there: ${said} ${advice}`);
  }
  if (status === 404 && action.verb !== 'create') {
    const text = `The cluster knows no ${action.resource}, so we cannot ${what}: ${said} Install their CustomResourceDefinition, or correct the setting that names this cluster.`;
    return new Failure('ManifestInvalid', text);
  }
  if (status === 400 || status === 422) {
    const advice =
      action.resource === 'jobs' ? " Check the parameters slipway-… and the worker's settings for builds." : '';
    return new Failure('ManifestInvalid', `The API server refused to ${what}: ${said}${advice}`);
  }
  if (status === 429) {
    return new Failure('Unavailable', `The API server is too busy to ${what}.`, {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  return new Failure('Unavailable', `The API server could not ${what}: ${said}`);
}

/** What a call that got no answer means. */
export function connectionFailure(server: string, action: KubeAction, cause: unknown): Failure {
  const reason = innermost(cause);
  const hostUnknown = 'code' in reason && reason.code === 'ENOTFOUND';
  const text = `The Kubernetes API server at ${server} did not answer when we wanted to ${describeAction(action)}: ${reason.message}`;
  return new Failure('Unavailable', text, { cause, hostUnknown });
}

function describeAction({ verb, resource, namespace }: KubeAction): string {
  return `${verb} ${resource} in ${namespace === undefined ? 'all namespaces' : `namespace ${namespace}`}`;
}

function parseStatus(body: string): KubeStatus {
  try {
    return KubeStatus.parse(JSON.parse(body));
  } catch {
    return { message: body.trim().slice(0, 200), reason: '' };
  }
}

/** fetch wraps what really happened. */
function innermost(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
