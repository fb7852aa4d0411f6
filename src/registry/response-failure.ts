import { z } from 'zod';
import { Failure } from '../failures.ts';
import type { HttpResponse } from './http.ts';
import type { ImageRepository } from './registry.ts';

const ErrorAnswer = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().default('') })).min(1),
});

/** What a registry's refusal means; `action` completes "could not … <repository>". */
export function failureOf(response: HttpResponse, { registry, name }: ImageRepository, action: string): Failure {
  const { status } = response;
  const what = `The registry could not ${action} ${registry}/${name}: it answered ${status}${detailOf(response)}.`;
  if (status === 401 || status === 403) {
    return new Failure(
      'AccessDenied',
      `${what} Check the secret registry-auth: it must hold an entry for ${registry} whose account may read and write ${name}.`,
    );
  }
  if (status === 429) {
    const retryAfterMs = retryAfterOf(response.headers['retry-after']);
    return new Failure(
      'RateLimited',
      `${what} It was asked too often.`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
  if (status === 409) return new Failure('Contended', what);
  if (status >= 500 || status === 408) return new Failure('Unavailable', what);
  return new Failure(
    'PolicyRejected',
    `${what} Check the registry's rules for this repository, such as tags that may not be moved.`,
  );
}

function detailOf({ bytes }: HttpResponse): string {
  try {
    const [first] = ErrorAnswer.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).errors;
    return first === undefined ? '' : ` (${`${first.code} ${first.message}`.trim().slice(0, 200)})`;
  } catch {
    return '';
  }
}

function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}
