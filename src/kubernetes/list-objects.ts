import { z } from 'zod';
import type { KubeCall, KubeConnection } from './kube-connection.ts';
import { readAnswer } from './read-answer.ts';

/** Objects as they were at one version of the cluster. */
export interface ListedObjects<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

const pageSize = '500';
const Metadata = z.object({ resourceVersion: z.string().default(''), continue: z.string().default('') });

/** All objects of a list, page by page; from the beginning and at once where a page comes too late. Throws what `send` throws. */
export async function listObjects<T>(
  { send }: Pick<KubeConnection, 'send'>,
  call: KubeCall,
  Item: z.ZodType<T>,
  signal: AbortSignal,
): Promise<ListedObjects<T>> {
  const Page = z.object({ metadata: Metadata, items: z.array(Item) });
  const items: T[] = [];
  for (let next = ''; ; ) {
    const query = { ...call.query, limit: pageSize, ...(next !== '' && { continue: next }) };
    const answer = await send({ ...call, query, ...(next !== '' && { expected: [410] }) }, signal);
    if (answer.status === 410) {
      const { metadata, items: all } = readAnswer(Page, (await send(call, signal)).body, call);
      return { items: all, resourceVersion: metadata.resourceVersion };
    }
    const page = readAnswer(Page, answer.body, call);
    items.push(...page.items);
    next = page.metadata.continue;
    if (next === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
}
