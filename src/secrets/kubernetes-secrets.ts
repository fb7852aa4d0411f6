import { z } from 'zod';
import { Failure } from '../failures.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import { readAnswer } from '../kubernetes/read-answer.ts';
import { checkSecretName, secretValue } from './secret-name.ts';
import type { SecretOwners, SecretSource } from './secret-source.ts';

interface KubernetesSecretSettings {
  readonly connect: () => Promise<KubeConnection>;
  /** The namespace of the general Secrets. */
  readonly general: string;
  /** Namespaces whose own Secrets are looked at. */
  readonly namespaces: readonly string[];
  /** How long what was read counts as current. */
  readonly memoryMs?: number;
}

/** What is the same in Secrets that others made: of types `kubernetes.io/basic-auth` and `kubernetes.io/ssh-auth`. */
const otherNames: Readonly<Record<string, string>> = {
  'git-token': 'password',
  'git-ssh-key': 'ssh-privatekey',
  'git-known-hosts': 'known_hosts',
};

/** Names of the Secrets that are read, so that an account needs rights for these only. The second is OpenChoreo's for webhooks. */
const secretNames = ['slipway-secrets', 'git-webhook-secrets'] as const;

const Secret = z.object({ data: z.record(z.string(), z.base64()).nullish() });
type Data = ReadonlyMap<string, string>;

const never = new AbortController().signal;

/**
 * Secrets of Kubernetes: a key of `slipway-secrets` or `git-webhook-secrets` in the run's namespace, then in the general one.
 * Throws what a refusal of the cluster means, for a Secret that may not be read is not one that is missing.
 */
export function createKubernetesSecrets({
  connect,
  general,
  namespaces,
  memoryMs = 5000,
}: KubernetesSecretSettings): SecretSource & SecretOwners {
  const memory = new Map<string, { readonly until: number; readonly data: Promise<Data> }>();

  const ask = async (namespace: string, name: string): Promise<Data> => {
    const call = kubeCall('core', 'get', 'secrets', namespace, name);
    const { data } = readAnswer(Secret, (await getObject(await connect(), call, never)) ?? {}, call);
    return new Map(Object.entries(data ?? {}));
  };

  const remembered = (namespace: string, name: string): Promise<Data> => {
    const key = `${namespace}/${name}`;
    const known = memory.get(key);
    if (known !== undefined && Date.now() < known.until) return known.data;
    const data = ask(namespace, name);
    memory.set(key, { until: Date.now() + memoryMs, data });
    // A failure is not remembered.
    data.catch(() => memory.delete(key));
    return data;
  };

  const readFrom = async (namespace: string, name: string, key: string): Promise<string | undefined> => {
    const text = (await remembered(namespace, name)).get(key);
    return secretValue(text === undefined ? undefined : Buffer.from(text, 'base64').toString());
  };

  const readIn = async (namespace: string, key: string): Promise<string | undefined> => {
    for (const name of secretNames) {
      const value = await readFrom(namespace, name, key);
      if (value !== undefined) return value;
    }
    return undefined;
  };

  /** The run's own namespace first, where it may have Secrets. */
  const owners = (namespace: string): readonly string[] =>
    namespaces.includes(namespace) && namespace !== general ? [namespace, general] : [general];

  const readFirst = async (keys: readonly string[], namespace: string): Promise<string | undefined> => {
    checkSecretName(namespace, ...keys);
    for (const owner of owners(namespace)) {
      for (const key of keys) {
        const value = await readIn(owner, key);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  };

  const checkMayRead = (namespace: string, secret: string): void => {
    if (namespaces.includes(namespace)) return;
    const text = `The Secret ${secret} must not be read: the namespace "${namespace}" is not among those of SLIPWAY_SECRET_NAMESPACES. Add it there, or leave secretRef out.`;
    throw new Failure('NotAllowed', text);
  };

  return {
    places(key, namespace) {
      checkSecretName(key, namespace);
      return owners(namespace).flatMap((owner) => secretNames.map((name) => `key ${key} of Secret ${owner}/${name}`));
    },
    named: (secret) => ({
      async readFirst(keys, namespace) {
        checkSecretName(secret, namespace, ...keys);
        checkMayRead(namespace, secret);
        for (const key of keys.flatMap((one) => [one, otherNames[one] ?? one])) {
          const value = await readFrom(namespace, secret, key);
          if (value !== undefined) return value;
        }
        return undefined;
      },
      places: (key, namespace) => [
        `key ${[key, otherNames[key]].filter(Boolean).join(' or ')} of Secret ${namespace}/${secret}`,
      ],
    }),
    readFirst,
    read: (key, namespace) => readFirst([key], namespace),
    async all(key) {
      checkSecretName(key);
      const own = namespaces.filter((namespace) => namespace !== general);
      const found = await Promise.all(
        [null, ...own].map(async (namespace) => ({ namespace, value: await readIn(namespace ?? general, key) })),
      );
      return found.flatMap(({ namespace, value }) => (value === undefined ? [] : [{ namespace, value }]));
    },
  };
}
