import { createApp } from '../../src/ingress/create-app.ts';
import { type Listening, listen } from '../../src/ingress/listen.ts';
import { createMetrics } from '../../src/ingress/metrics.ts';
import type { ReadRunLogs } from '../../src/ingress/run-log-route.ts';
import type { OwnedSecret, SecretOwners } from '../../src/secrets/secret-source.ts';
import type { AcceptedDelivery } from '../../src/webhooks/accepted-delivery.ts';

/** What webhooks are signed with where a test says nothing else. */
export const webhookSecret = "It's a Secret to Everybody";
export const generalSecret: OwnedSecret = { namespace: null, value: webhookSecret };

/** The ingress with a map as its inbox. */
export interface ServedApp extends Listening {
  /** What was taken in, by the delivery's id. */
  readonly taken: ReadonlyMap<string, { readonly accepted: AcceptedDelivery; readonly bodyHash: string }>;
  /** What it logged. */
  readonly log: readonly Record<string, unknown>[];
  /** What it counted, as Prometheus reads it. */
  metrics(): Promise<string>;
}

export interface ServedAppOptions {
  readonly secrets?: Readonly<Record<string, readonly OwnedSecret[]>>;
  /** In place of `secrets`. */
  readonly owners?: SecretOwners;
  /** The inbox cannot be reached. */
  readonly away?: boolean;
  readonly trustedProxies?: readonly string[];
  readonly hookUuid?: boolean;
  readonly readRunLogs?: ReadRunLogs;
}

/** Serves it on a free port. */
export async function serveApp({
  secrets = {
    'github-secret': [generalSecret],
    'gitlab-secret': [generalSecret],
    'bitbucket-secret': [generalSecret],
    'gitea-secret': [generalSecret],
  },
  owners = { all: async (key) => secrets[key] ?? [] },
  away = false,
  ...more
}: ServedAppOptions): Promise<ServedApp> {
  const taken = new Map<string, { accepted: AcceptedDelivery; bodyHash: string }>();
  const log: Record<string, unknown>[] = [];
  const write = (message: string, fields: object = {}) => void log.push({ message, ...fields });
  const metrics = createMetrics();
  const app = createApp({
    inbox: {
      async accept(accepted, bodyHash) {
        if (away) throw new Error('14 UNAVAILABLE: no connection to 10.0.0.1');
        const id = `${accepted.push.provider}/${accepted.push.id}`;
        const known = taken.get(id);
        if (known !== undefined) return known.bodyHash === bodyHash ? 'joined' : 'other-body';
        taken.set(id, { accepted, bodyHash });
        return 'started';
      },
      find: async () => null,
      async check() {
        if (away) throw new Error('away');
      },
    },
    secrets: owners,
    logger: { debug: write, info: write, warn: write, error: write },
    metrics,
    readRunLogs: null,
    trustedProxies: [],
    hookUuid: false,
    failuresAMinute: 5,
    ...more,
  });
  return { ...(await listen(app, { host: '127.0.0.1', port: 0 })), taken, log, metrics: () => metrics.text() };
}
