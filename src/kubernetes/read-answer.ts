import type { z } from 'zod';
import { Failure } from '../failures.ts';
import type { KubeAction } from './kube-failure.ts';

/**
 * What the API server answered, checked. Throws `Unavailable`: an answer of another shape comes from something else, such as a
 * proxy in front of it.
 */
export function readAnswer<T>(Schema: z.ZodType<T>, body: unknown, { verb, resource }: KubeAction): T {
  const parsed = Schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const message = `The Kubernetes API server's answer to "${verb} ${resource}" cannot be read.`;
  throw new Failure('Unavailable', message, { cause: parsed.error });
}
