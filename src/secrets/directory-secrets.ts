import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { checkSecretName, isNamespace, secretValue } from './secret-name.ts';
import type { SecretOwners, SecretSource } from './secret-source.ts';

/**
 * Secrets as files, as a mounted Kubernetes Secret has them: `<folder>/<namespace>/<key>`, then `<folder>/<key>`. Throws
 * `SecretMissing` for a file that is there and cannot be read, and for odd names.
 */
export function createDirectorySecrets(folder: string): SecretSource & SecretOwners {
  const readFirst = async (keys: readonly string[], namespace: string): Promise<string | undefined> => {
    checkSecretName(namespace, ...keys);
    for (const file of [namespace, ''].flatMap((owner) => keys.map((key) => join(folder, owner, key)))) {
      const value = secretValue(await readIfThere(file));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    places(key, namespace) {
      checkSecretName(key, namespace);
      return [join(folder, namespace, key), join(folder, key)];
    },
    readFirst,
    read: (key, namespace) => readFirst([key], namespace),
    async all(key) {
      checkSecretName(key);
      const entries = await readdir(folder, { withFileTypes: true }).catch(noEntries);
      // A mounted Secret keeps its files in folders whose names begin with dots.
      const namespaces = entries.flatMap(({ name }) => (isNamespace(name) ? [name] : []));
      const owned = [null, ...namespaces].map(async (namespace) => ({
        namespace,
        value: secretValue(await readIfThere(join(folder, namespace ?? '', key))),
      }));
      return (await Promise.all(owned)).flatMap(({ namespace, value }) =>
        value === undefined ? [] : [{ namespace, value }],
      );
    },
  };
}

function noEntries(error: unknown): [] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT') return [];
  throw new Failure('SecretMissing', `The folder of secrets cannot be read (${code}): let our user read it.`, {
    cause: error,
  });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    // A key may have the name of a namespace, whose folder is then in its place.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw new Failure(
      'SecretMissing',
      `The secret file ${file} cannot be read (${code}): let the worker's user read it.`,
      { cause: error },
    );
  }
}
