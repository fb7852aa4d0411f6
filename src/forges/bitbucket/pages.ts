import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { ApiAnswer, ApiRequest, JsonApi } from '../json-api.ts';
import type { ForgeRepository } from '../repository-url.ts';

/** Every value of a list, whose pages each tell the next one's address. */
export async function listValues<T>(
  api: JsonApi,
  repository: ForgeRepository,
  request: ApiRequest,
  shape: z.ZodType<T[]>,
): Promise<T[]> {
  return followPages(api, repository, request, await api.ask(request), shape);
}

/** The same from its first page on. A token does not follow the pages to another address than the API's. */
export async function followPages<T>(
  api: JsonApi,
  { api: root }: ForgeRepository,
  request: ApiRequest,
  first: ApiAnswer,
  shape: z.ZodType<T[]>,
): Promise<T[]> {
  const Page = z.object({ values: shape, next: z.string().optional() });
  const values: T[] = [];
  for (let answer = first; ; ) {
    const { values: more, next } = api.read(request, answer, Page);
    values.push(...more);
    if (next === undefined) return values;
    if (!next.startsWith(`${root}/`)) {
      throw new Failure(
        'Unavailable',
        `Could not ${request.doing}: the list goes on at another address than ${root}. Check for a proxy.`,
      );
    }
    answer = await api.ask({ ...request, path: next.slice(root.length) });
  }
}
