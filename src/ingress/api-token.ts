import type { Request } from 'express';
import type { SecretOwners } from '../secrets/secret-source.ts';
import { isSameText } from '../webhooks/signature.ts';

/** Key of the token with which this may be asked: the general one for all, a namespace's own for its own components. */
const tokenKey = 'api-token';

/** Whose things a request may see: those of all namespaces, or of one; undefined where its token is none of ours. */
export async function readToken(
  { headers }: Request,
  secrets: SecretOwners,
): Promise<{ readonly namespace: string | null } | undefined> {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const owners = (await secrets.all(tokenKey)).filter(({ value }) => isSameText(token, value));
  return owners.find(({ namespace }) => namespace === null) ?? owners[0];
}
