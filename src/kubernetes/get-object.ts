import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { KubeObject } from './follow-objects.ts';
import type { KubeCall, KubeConnection } from './kube-connection.ts';
import { kubeFailure } from './kube-failure.ts';
import { readAnswer } from './read-answer.ts';

/** One object as it is now, or undefined where there is none of that name. Throws `ManifestInvalid` where the cluster does not know its kind. */
export async function getObject(
  { send }: Pick<KubeConnection, 'send'>,
  call: Omit<KubeCall, 'method'>,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const { status, body } = await send({ ...call, method: 'GET', expected: [404] }, signal);
  if (status !== 404) return readAnswer(KubeObject, body, call);
  // An object that is not there is told in JSON, a kind that is not there in text.
  if (isPlainObject(body)) return undefined;
  throw kubeFailure(call, 404, '');
}
