import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { FindFault } from '../../src/embedded/forge/api/faults.ts';

/** What reached the forge since the last look. */
export interface TrafficCount {
  /** One call each, such as `POST pulls`. */
  readonly forge: readonly string[];
  /** One request of git's protocol each, such as `gitops git-upload-pack`. */
  readonly git: readonly string[];
}

export interface Traffic {
  /** To be given to the forge. It sees every call to the API and lets it pass. */
  readonly findFault: FindFault;
  take(): TrafficCount;
  stop(): void;
}

/** Counts the calls to the embedded forge in this process, and git's requests to it. */
export function watchTraffic(): Traffic {
  let forge: string[] = [];
  let git: string[] = [];
  const onRequest = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    const [, name, service] =
      /^\/[\w.-]+\/([\w.-]+?)(?:\.git)?\/(info\/refs|git-[\w-]+)(?:\?|$)/.exec(request.url ?? '') ?? [];
    if (name && service) git.push(`${name} ${service}`);
  };
  subscribe('http.server.request.start', onRequest);
  return {
    findFault: ({ method, path }) => {
      forge.push(`${method} ${kindOfCall(path)}`);
      return undefined;
    },
    take: () => {
      const taken = { forge, git };
      forge = [];
      git = [];
      return taken;
    },
    stop: () => void unsubscribe('http.server.request.start', onRequest),
  };
}

/** `/repos/acme/gitops/issues/3/labels` is about `labels`. */
function kindOfCall(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && !/^([0-9]+|[0-9a-f]{40})$/.test(part));
  return parts.at(-1) ?? '';
}

/** How often each of some texts occurs, most often first. */
export function tally(texts: readonly string[]): string {
  const groups = [...Map.groupBy(texts, (text) => text)].sort(([, a], [, b]) => b.length - a.length);
  return groups.map(([text, { length }]) => (length === 1 ? text : `${length} × ${text}`)).join(', ');
}
